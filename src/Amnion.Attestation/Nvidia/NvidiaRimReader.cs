using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation.Nvidia;

/// <summary>Reads the parts of a SWID tag that an appraisal relies on, and refuses tags that could be read in another way.</summary>
static class NvidiaRimReader
{
    const string Swid = "http://standards.iso.org/iso/19770/-2/2015/schema.xsd";
    const string Rim = "https://trustedcomputinggroup.org/resource/tcg-reference-integrity-manifest-rim-information-model/";
    const string Hash = "http://www.w3.org/2001/04/xmlenc#sha384";
    const int MaxTextLength = 256;

    public static NvidiaRim Read(ReadOnlySpan<byte> xml)
    {
        var root = RimXmlReader.Read(xml);
        if (!root.Is(Swid, "SoftwareIdentity") || root.HasText)
        {
            throw root.Refuse("is not a SoftwareIdentity of ISO/IEC 19770-2:2015");
        }

        if (root.Elements.FirstOrDefault(element => !(element.Namespace == Swid && element.LocalName is "Entity" or "Meta" or "Payload") && element.Namespace != RimSignature.Namespace) is { } other)
        {
            throw other.Refuse("is not expected here");
        }

        foreach (var flag in (string[])["corpus", "patch", "supplemental"])
        {
            if (root.Attribute(flag) is not (null or "false"))
            {
                throw root.Refuse($"is no primary tag: {flag} is not false");
            }
        }

        CheckCreator(root.Only(Swid, "Entity"));
        var meta = root.Only(Swid, "Meta");
        var measurements = ReadPayload(root.Only(Swid, "Payload"));
        var signature = RimSignature.Read(root);
        var version = Text(meta, "colloquialVersion");
        return new NvidiaRim(signature, NvidiaChain.FromDer(signature.Certificates))
        {
            TagId = Text(root, "tagId"),
            Product = Text(meta, "product"),
            Edition = Text(meta, "edition"),
            Version = version,
            ManufacturerId = Text(meta, "PlatformManufacturerId", Rim),
            Kind = IsVbiosVersion(version) ? NvidiaRimKind.Vbios : NvidiaRimKind.Driver,
            Measurements = measurements,
        };
    }

    /// <summary>Five pairs of hexadecimal digits between dots; driver versions have two or three decimal parts.</summary>
    public static bool IsVbiosVersion(string version) =>
        version.Length == 14 && Enumerable.Range(0, 14).All(i => i % 3 == 2 ? version[i] == '.' : char.IsAsciiHexDigit(version[i]));

    static void CheckCreator(RimElement entity)
    {
        if (!entity.Required("role").Split(' ').Contains("tagCreator") || entity.Required("name").Length == 0)
        {
            throw entity.Refuse("does not name a tagCreator");
        }
    }

    static ImmutableSortedDictionary<int, NvidiaRimMeasurement> ReadPayload(RimElement payload)
    {
        var measurements = ImmutableSortedDictionary.CreateBuilder<int, NvidiaRimMeasurement>();
        foreach (var resource in payload.Elements)
        {
            // A kind of value that is not known here cannot be compared, and leaving it out would make the comparison weaker than the signer meant.
            if (!resource.Is(Swid, "Resource") || resource.Required("type") != "Measurement" || resource.Content.Count > 0)
            {
                throw resource.Refuse("is not a Resource of the type Measurement");
            }

            var measurement = ReadMeasurement(resource);
            if (!measurements.TryAdd(measurement.Slot, measurement))
            {
                throw resource.Refuse(string.Create(CultureInfo.InvariantCulture, $"index {measurement.Slot} stands twice"));
            }
        }

        if (payload.HasText)
        {
            throw payload.Refuse("has text");
        }

        // Inactive slots are not compared: a manifest of nothing else would match every report.
        return measurements.Values.Any(measurement => measurement.IsActive) ? measurements.ToImmutable() : throw payload.Refuse("has no active measurement");
    }

    static NvidiaRimMeasurement ReadMeasurement(RimElement resource)
    {
        var slot = Number(resource, "index", 0, NvidiaRim.SlotCount - 1);
        var count = Number(resource, "alternatives", 1, NvidiaRim.MaxAlternatives);
        _ = Number(resource, "size", NvidiaReport.MeasurementLength, NvidiaReport.MeasurementLength);
        var isActive = resource.Required("active") switch
        {
            "True" => true,
            "False" => false,
            _ => throw resource.Refuse("active is neither True nor False"),
        };
        if (resource.Attributes.Count(attribute => attribute.Namespace == Hash) != count)
        {
            throw resource.Refuse("does not have as many hashes as alternatives");
        }

        var values = ImmutableArray.CreateBuilder<Measurement>(count);
        for (var i = 0; i < count; i++)
        {
            var hex = resource.Required(string.Create(CultureInfo.InvariantCulture, $"Hash{i}"), Hash);
            values.Add(hex.Length == 2 * NvidiaReport.MeasurementLength && Measurement.TryFromHex(hex, out var value)
                ? value
                : throw resource.Refuse(string.Create(CultureInfo.InvariantCulture, $"Hash{i} is not hexadecimal of {NvidiaReport.MeasurementLength} bytes")));
        }

        return new NvidiaRimMeasurement(slot, Text(resource, "name"), isActive, values.MoveToImmutable());
    }

    static int Number(RimElement element, string attribute, int least, int most) =>
        int.TryParse(element.Required(attribute), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw element.Refuse(string.Create(CultureInfo.InvariantCulture, $"{attribute} is not a number from {least} to {most}"));

    static string Text(RimElement element, string attribute, string namespaceName = "")
    {
        var text = element.Required(attribute, namespaceName);
        return text.Length is > 0 and <= MaxTextLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? text : throw element.Refuse(attribute + " is not 1 to 256 printable characters");
    }
}
