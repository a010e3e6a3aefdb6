"""Readiness: does a physician group have what an equity incentive takes?"""
