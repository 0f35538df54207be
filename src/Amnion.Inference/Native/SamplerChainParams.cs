using System.Runtime.InteropServices;

namespace Amnion.Inference.Native;

/// <summary>struct llama_sampler_chain_params, one bool.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SamplerChainParams
{
    public byte NoPerformance;
}
