# The only machine: AWS Nitro's enclave, emulated.
CONFIG_NITRO_ENCLAVE=y
CONFIG_MICROVM=y
# The controller through which a guest with `reboot=k` resets the machine, as on Nitro: without it a restart may go unnoticed.
CONFIG_PCKBD=y
