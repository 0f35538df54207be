# The only machine: AWS Nitro's enclave, emulated.
CONFIG_NITRO_ENCLAVE=y
CONFIG_MICROVM=y
