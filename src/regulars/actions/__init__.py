"""What is done: each Decision is handed to a hand (messaging, later gifts, points, tasks)."""
