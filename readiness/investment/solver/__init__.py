"""The investment problem solved by HiGHS: whole, or group by group at prices of money."""
