using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Amnion.Attestation.Certificates;

/// <summary>What a manufacturer's certificates look like; everything else is refused.</summary>
sealed record ChainProfile
{
    PathRules? _namedRules;
    string? _keysText;
    string? _signaturesText;
    string? _extensionsText;

    /// <summary>Put before each check's name, for example "PCK chain"; empty for formats with one chain and rules of their own.</summary>
    public string Name
    {
        get;
        init
        {
            field = value;
            _namedRules = null;
        }
    } = string.Empty;

    /// <summary>The codes and words of the checks.</summary>
    public PathRules Rules
    {
        get;
        init
        {
            field = value;
            _namedRules = null;
        }
    } = PathRules.X509;

    /// <summary>Accepted keys.</summary>
    public required ImmutableArray<KeyKind> Keys
    {
        get;
        init
        {
            field = value;
            _keysText = null;
        }
    }

    /// <summary>Accepted signatures on certificates and lists.</summary>
    public required ImmutableArray<SignatureAlgorithm> Signatures
    {
        get;
        init
        {
            field = value;
            _signaturesText = null;
        }
    }

    /// <summary>Smallest RSA modulus, bits. NIST SP 800-131A: 2048.</summary>
    public int MinRsaBits
    {
        get;
        init
        {
            field = value;
            _keysText = null;
        }
    } = 2048;

    /// <summary>Names of certificates from the root on, for messages; positions beyond it are "certificate N".</summary>
    public Func<int, int, string>? Label { get; init; }

    /// <summary>What the leaf's keyUsage must allow where there is one: endorsement keys of TPMs encrypt and do not sign.</summary>
    public X509KeyUsageFlags LeafUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;

    /// <summary>Whether the leaf must carry keyUsage with digitalSignature; AMD's and some DICE leaves carry no keyUsage at all.</summary>
    public bool LeafNeedsDigitalSignature { get; init; } = true;

    /// <summary>Whether CAs must carry keyUsage with keyCertSign; where false an absent keyUsage allows everything (RFC 5280 §4.2.1.3).</summary>
    public bool AuthorityNeedsKeyUsage { get; init; } = true;

    /// <summary>Critical extensions that the format applies itself, besides basicConstraints and keyUsage.</summary>
    public ImmutableHashSet<string> KnownCriticalExtensions
    {
        get;
        init
        {
            field = value;
            _extensionsText = null;
        }
    } = [];

    /// <summary>Which revocation lists must be there.</summary>
    public RevocationNeed Lists { get; init; }

    /// <summary><see cref="Rules"/> under <see cref="Name"/>.</summary>
    public PathRules NamedRules => _namedRules ??= Rules.Of(Name);

    /// <summary>The keys in words. These texts stand in every result and never change, so they are put together once.</summary>
    public string KeysText => _keysText ??= string.Join(", ", Keys) + (Keys.Contains(KeyKind.Rsa) ? string.Create(CultureInfo.InvariantCulture, $" of {MinRsaBits} bits or more") : string.Empty);

    /// <summary>The signatures in words.</summary>
    public string SignaturesText => _signaturesText ??= string.Join(", ", Signatures);

    /// <summary>The critical extensions in words.</summary>
    public string ExtensionsText => _extensionsText ??= string.Join(", ", KnownCriticalExtensions.Order(StringComparer.Ordinal).Prepend("keyUsage").Prepend("basicConstraints")) + " only";
}
