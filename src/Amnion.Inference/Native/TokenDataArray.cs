using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_token_data_array, 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct TokenDataArray
{
    public const int StructSize = 32;

    public TokenData* Data;
    public nuint Size;
    public long Selected;
    public byte Sorted;
}
