"""What runs without anybody looking: due work, checkpoints, backup, restore."""
