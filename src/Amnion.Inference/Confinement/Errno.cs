namespace Amnion.Inference.Confinement;

/// <summary>errno(3) values that the confinement returns or reports.</summary>
static class Errno
{
    public const int EPERM = 1;
    public const int EACCES = 13;
    public const int EBUSY = 16;
    public const int ENOSYS = 38;
}
