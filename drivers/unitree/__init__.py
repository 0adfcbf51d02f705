"""What talks to a Unitree Go2 by DDS: bus, messages, services, the driver and its watchdog."""
