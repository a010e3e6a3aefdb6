"""What an equity incentive would pay for, tried over a portfolio before it is fixed."""
