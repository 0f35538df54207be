using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_token_data, 12 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
struct TokenData
{
    public const int Size = 12;

    public int Id;
    public float Logit;
    public float Probability;
}
