using System.Formats.Asn1;
using System.Globalization;
using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>What AMD's extensions say in the certificate of a VCEK or VLEK: AMD 57230, certificate extensions. Not verified here.</summary>
sealed class SnpEndorsementKey
{
    /// <summary>AMD's arc for endorsement keys.</summary>
    const string Arc = "1.3.6.1.4.1.3704.1.";

    const string StructVersionOid = Arc + "1";
    const string ProductNameOid = Arc + "2";
    const string HardwareIdOid = Arc + "4";
    const string CloudProviderOid = Arc + "5";

    /// <summary>Under it one patch level each: 1 boot loader, 2 TEE, 3 SNP, 4 to 7 reserved, 8 microcode, 9 FMC.</summary>
    const string PatchLevelArc = Arc + "3.";

    const int MaxText = 256;

    readonly byte?[] _patchLevels = new byte?[10];

    SnpEndorsementKey(Certificate certificate) => Certificate = certificate;

    public Certificate Certificate { get; }

    public int StructVersion { get; private set; } = -1;

    /// <summary>For example "Milan-B0".</summary>
    public string ProductName { get; private set; } = string.Empty;

    public SnpProduct? Product => SnpProducts.FromName(ProductName);

    /// <summary>The chip, 64 bytes and on Turin 8; null for a VLEK.</summary>
    public ReadOnlyMemory<byte>? HardwareId { get; private set; }

    /// <summary>The cloud provider that a VLEK was issued to; null for a VCEK.</summary>
    public string? CloudProvider { get; private set; }

    public bool IsVlek => CloudProvider is not null;

    /// <summary>Everything in the extensions that is not as AMD defines it; empty where all is.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>True for a certificate with any of AMD's extensions, which is what makes it an endorsement key's.</summary>
    public static bool Has(Certificate certificate) => certificate.Extensions.Any(extension => extension.Oid.StartsWith(Arc, StringComparison.Ordinal));

    public static SnpEndorsementKey Read(Certificate certificate)
    {
        var key = new SnpEndorsementKey(certificate);
        foreach (var extension in certificate.Extensions.Where(extension => extension.Oid.StartsWith(Arc, StringComparison.Ordinal)))
        {
            try
            {
                key.Read(extension);
            }
            catch (AsnContentException exception)
            {
                key.Problems.Add($"{extension.Oid}: {exception.Message}");
            }
        }

        key.FindGaps();
        return key;
    }

    /// <summary>The TCB the key stands for, as a report would state it; null where a part is missing.</summary>
    public SnpTcb? Tcb(SnpTcbLayout layout)
    {
        ReadOnlySpan<int> parts = layout == SnpTcbLayout.Turin ? [9, 1, 2, 3, 5, 6, 7, 8] : [1, 2, 4, 5, 6, 7, 3, 8];
        var value = 0UL;
        for (var i = 0; i < parts.Length; i++)
        {
            if (_patchLevels[parts[i]] is not { } part)
            {
                return null;
            }

            value |= (ulong)part << (8 * i);
        }

        return new SnpTcb(value, layout);
    }

    void Read(CertificateExtension extension)
    {
        switch (extension.Oid)
        {
            case StructVersionOid:
                StructVersion = ReadNumber(extension.Value);
                break;
            case ProductNameOid:
                ProductName = ReadText(extension.Value);
                break;
            case HardwareIdOid:
                HardwareId = ReadHardwareId(extension.Value);
                break;
            case CloudProviderOid:
                CloudProvider = ReadText(extension.Value);
                break;
            case var oid when oid.Length == PatchLevelArc.Length + 1 && oid.StartsWith(PatchLevelArc, StringComparison.Ordinal) && oid[^1] is >= '1' and <= '9':
                _patchLevels[oid[^1] - '0'] = ReadNumber(extension.Value);
                break;
            default:
                // It may name a further part of the TCB, which would then go unchecked.
                Problems.Add($"{extension.Oid}: is not known");
                break;
        }
    }

    void FindGaps()
    {
        if (StructVersion is not (0 or 1))
        {
            Problems.Add(StructVersion < 0 ? "structVersion: is missing" : string.Create(CultureInfo.InvariantCulture, $"structVersion: is {StructVersion}; expected 0 or 1"));
        }

        if (ProductName.Length == 0)
        {
            Problems.Add("productName: is missing");
        }

        if (HardwareId is null == CloudProvider is null)
        {
            Problems.Add("hwID and cspID: a VCEK has the one, a VLEK the other");
        }

        // Without a known product there is no telling which parts must be there; that is then the product check's finding.
        if (Product is { } product && Tcb(SnpProducts.Layout(product)) is null)
        {
            Problems.Add("blSPL to fmcSPL: one is missing");
        }

        if (Product is SnpProduct.Turin ? _patchLevels[4] is not null : _patchLevels[9] is not null)
        {
            Problems.Add("blSPL to fmcSPL: one is of another product");
        }
    }

    static byte ReadNumber(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        if (!reader.TryReadInt32(out var number) || number is < 0 or > byte.MaxValue)
        {
            throw new AsnContentException("An INTEGER from 0 to 255 was expected.");
        }

        reader.ThrowIfNotEmpty();
        return (byte)number;
    }

    static string ReadText(ReadOnlyMemory<byte> value)
    {
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString(UniversalTagNumber.IA5String);
        reader.ThrowIfNotEmpty();
        return text.Length is > 0 and <= MaxText && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? text : throw new AsnContentException("1 to 256 printable characters were expected.");
    }

    /// <summary>The bare bytes or, since AMD's service changed, an OCTET STRING of them; the lengths tell them apart.</summary>
    static ReadOnlyMemory<byte> ReadHardwareId(ReadOnlyMemory<byte> value)
    {
        if (value.Length is SnpReport.ChipIdLength or 8)
        {
            return value;
        }

        var reader = new AsnReader(value, AsnEncodingRules.DER);
        ReadOnlyMemory<byte> content = reader.ReadOctetString();
        reader.ThrowIfNotEmpty();
        return content.Length is SnpReport.ChipIdLength or 8 ? content : throw new AsnContentException("64 bytes, or 8 for Turin, were expected.");
    }
}
