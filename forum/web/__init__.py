"""What every HTTP door needs."""
