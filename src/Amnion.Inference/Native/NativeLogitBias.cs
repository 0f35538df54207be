using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_logit_bias, 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
struct NativeLogitBias
{
    public int Token;
    public float Bias;
}
