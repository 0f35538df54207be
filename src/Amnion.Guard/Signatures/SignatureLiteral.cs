namespace Amnion.Guard.Signatures;

/// <summary>One literal: characters in a row, folded, found anywhere.</summary>
sealed record SignatureLiteral(string Name, string Code, SignatureChannels Channels, double Score, string Text);
