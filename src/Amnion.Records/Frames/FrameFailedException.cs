namespace Amnion.Records.Frames;

/// <summary>The enclave refused an exchange with a code.</summary>
public sealed class FrameFailedException(string code) : Exception($"The enclave refused: {Clean(code)}.")
{
    /// <summary>The stable code, for example "AMN-ENC-0004"; "AMN-ENC-0000" where the peer's text was no code.</summary>
    public string Code { get; } = Clean(code);

    static string Clean(string code) => code.Length is > 0 and <= 32 && code.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '-') ? code : "AMN-ENC-0000";
}
