using Amnion.Inference.Protocol;

namespace Amnion.Inference.Native;

/// <summary>The engine refused something, inside the worker.</summary>
sealed class EngineException(FailureCode code) : Exception(code.ToString())
{
    public FailureCode Code => code;
}
