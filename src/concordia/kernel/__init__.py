"""The small floor under every capability: who asks, what they may see, how refusals sound."""
