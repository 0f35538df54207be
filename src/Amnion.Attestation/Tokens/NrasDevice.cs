using System.Text.Json;

namespace Amnion.Attestation.Tokens;

/// <summary>One device's token in a bundle.</summary>
/// <param name="Name">As the bundle names it, for example "GPU-0".</param>
/// <param name="Text">The token exactly as it was sent, which is what the overall token's digest covers.</param>
/// <param name="Token">The token, read.</param>
/// <param name="Claims">Its claims.</param>
sealed record NrasDevice(string Name, string Text, TokenEnvelope Token, JsonElement Claims);
