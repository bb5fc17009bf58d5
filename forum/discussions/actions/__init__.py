"""Every change to discussions, one function for each verb."""
