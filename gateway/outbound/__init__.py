"""What this side sends of itself: mail to owners."""
