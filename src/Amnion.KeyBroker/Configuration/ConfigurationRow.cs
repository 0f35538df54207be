using Amnion.Records;

namespace Amnion.KeyBroker.Configuration;

/// <summary>
/// The one row of the table "configuration". The content is a whole "amnion/config/1", the last one that was issued or what came
/// of the last change; the signing key is bound to it, so that an altered one is never signed.
/// </summary>
sealed record ConfigurationRow(ConfigurationRelease Release, byte[] Signer, byte[] Wrapped)
{
    public byte[] Content { get; } = Release.ToJson();

    /// <summary>The digest that audit records cite.</summary>
    public Digest ContentDigest => Digest.Sha256(Content);

    /// <summary>What <see cref="Wrapped"/> is bound to.</summary>
    public KeyBinding Binding => new KeyBinding.ConfigurationSigner(Release.Version, ContentDigest, Digest.Sha256(Signer));
}
