using System.Collections.Immutable;
using System.Globalization;

namespace Amnion.Attestation;

/// <summary>
/// What a relying party accepts, as data: RFC 9334 §8.5 (Appraisal Policy for Evidence), format "amnion/policy/1" in
/// docs/specs/policy.md. Absent means deny. This library appraises what is in the Evidence; <see cref="Model"/>,
/// <see cref="Engine"/>, <see cref="Release"/> and <see cref="Suites"/> are for those who read the bundle around it.
/// </summary>
public sealed record AppraisalPolicy
{
    /// <summary>The format's name.</summary>
    public const string Format = "amnion/policy/1";

    /// <summary>Most bytes of a policy document.</summary>
    public const int MaxLength = 64 * 1024;

    /// <summary>Most Reference Values for one register, and most models or engines.</summary>
    public const int MaxValues = 64;

    /// <summary>Most sealing suites.</summary>
    public const int MaxSuites = 16;

    /// <summary>Most entries of one list or map besides registers.</summary>
    public const int MaxEntries = 128;

    /// <summary>Most trust anchors besides the first.</summary>
    public const int MaxFurtherAnchors = 7;

    /// <summary>Most characters of one text in <see cref="Values"/> and <see cref="Machines"/>.</summary>
    public const int MaxTextLength = 1024;

    /// <summary>Registers have indexes below this one. AWS Nitro Enclaves attestation process §3.2.2.2.</summary>
    public const int RegisterCount = 32;

    /// <summary>Five minutes: an exchange takes seconds, and a queue in front of a broker some minutes.</summary>
    public static readonly TimeSpan DefaultMaxAge = TimeSpan.FromMinutes(5);

    /// <summary>One minute: machines that keep time by NTP differ by less.</summary>
    public static readonly TimeSpan DefaultClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>One day; a Nitro leaf certificate lives three hours, so more would never apply.</summary>
    public static readonly TimeSpan LongestMaxAge = TimeSpan.FromDays(1);

    /// <summary>Ten minutes.</summary>
    public static readonly TimeSpan LongestClockSkew = TimeSpan.FromMinutes(10);

    PolicyWords? _words;

    /// <summary>The only platform accepted; see <see cref="AttestationPlatform"/>. Emulated ones must be named to be accepted.</summary>
    public required string Platform { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the root accepted.</summary>
    public required Measurement TrustAnchor { get; init; }

    /// <summary>
    /// Further roots, for fleets of several product generations and for Evidence with a second chain (NVIDIA's RIMs). Refused for Nitro documents:
    /// emulated and real enclaves must not be accepted by one policy.
    /// </summary>
    public ImmutableArray<Measurement> FurtherTrustAnchors { get; init; } = [];

    /// <summary>Reference Values by field name (see <see cref="EvidenceField"/>): the field must be present and equal one of them.</summary>
    public ImmutableSortedDictionary<string, ImmutableArray<string>> Values { get; init; } = NoValues;

    /// <summary>Lowest accepted numbers by field name: security version numbers, TCB parts, ABI versions.</summary>
    public ImmutableSortedDictionary<string, long> Floors { get; init; } = NoFloors;

    /// <summary>Named weaknesses that are accepted, for example "smt" or "migrate"; each format's specification lists its names. Absent means deny.</summary>
    public ImmutableArray<string> Allow { get; init; } = [];

    /// <summary>Accepted TCB statuses of Intel platforms, in Intel's spelling.</summary>
    public ImmutableArray<string> TcbStatuses { get; init; } = DefaultTcbStatuses;

    /// <summary>Security advisories accepted where a TCB level names some; any other rejects.</summary>
    public ImmutableArray<string> Advisories { get; init; } = [];

    /// <summary>Accepted machines by the format's identifier (chip id, PPID, instance id); empty accepts any.</summary>
    public ImmutableArray<string> Machines { get; init; } = [];

    /// <summary>Codes of checks that may go unmade, for example for want of a revocation list. A check that fails is never excused.</summary>
    public ImmutableArray<string> MaySkip { get; init; } = [];

    /// <summary>How the value that the relying party expects stands in the platform's field.</summary>
    public BindingForm Binding { get; init; }

    /// <summary>Reference Values by register: the register must be present and equal one of them. Empty rejects everything.</summary>
    public ImmutableSortedDictionary<int, ImmutableArray<Measurement>> Registers { get; init; } = ImmutableSortedDictionary<int, ImmutableArray<Measurement>>.Empty;

    /// <summary>Digests of accepted model manifests; empty accepts no model.</summary>
    public ImmutableArray<Measurement> Model { get; init; } = [];

    /// <summary>SHA-384 digests of accepted engine configurations; empty leaves the engine to the model's owner, whose key the broker releases under a policy that names one.</summary>
    public ImmutableArray<Measurement> Engine { get; init; } = [];

    /// <summary>SHA-384 digests of accepted guard policies; empty leaves the guard to the model's owner.</summary>
    public ImmutableArray<Measurement> Guard { get; init; } = [];

    /// <summary>The oldest release accepted; null where the policy has no floor.</summary>
    public ReleaseFloor? Release { get; init; }

    /// <summary>Sealing suites in order of preference; empty accepts none.</summary>
    public ImmutableArray<string> Suites { get; init; } = [];

    /// <summary>Oldest Evidence accepted, whole seconds from 1 s to <see cref="LongestMaxAge"/>.</summary>
    public TimeSpan MaxAge { get; init; } = DefaultMaxAge;

    /// <summary>How far the attester's and the verifier's clocks may differ, whole seconds from 0 to <see cref="LongestClockSkew"/>.</summary>
    public TimeSpan ClockSkew { get; init; } = DefaultClockSkew;

    /// <summary>Accepts debug enclaves, whose console and memory the host can read. For development only.</summary>
    public bool DangerousAllowDebug { get; init; }

    /// <summary>
    /// True where the policy fixes which code runs: register 0 (the whole image), 1 and 2 together (kernel and all ramdisks), or 8 (who
    /// signed the image), with values that measure something. Zero measures nothing: register 8 of every unsigned image is zero.
    /// Registers 0 to 2 of a debug enclave are zero too, and count only where <see cref="DangerousAllowDebug"/> says so.
    /// </summary>
    public bool NamesCode => Names(0, DangerousAllowDebug) || Names(8, false) || (Names(1, DangerousAllowDebug) && Names(2, DangerousAllowDebug));

    /// <summary>Made for this object: the field of a copy (<c>with</c>) still holds the words of the original.</summary>
    internal PolicyWords Words
    {
        get
        {
            var words = Volatile.Read(ref _words);
            if (words is null || !ReferenceEquals(words.Policy, this))
            {
                words = new PolicyWords(this);
                Volatile.Write(ref _words, words);
            }

            return words;
        }
    }

    /// <summary>No Reference Values.</summary>
    internal static ImmutableSortedDictionary<string, ImmutableArray<string>> NoValues { get; } = ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal);

    /// <summary>No floors.</summary>
    internal static ImmutableSortedDictionary<string, long> NoFloors { get; } = ImmutableSortedDictionary.Create<string, long>(StringComparer.Ordinal);

    /// <summary>Only a platform without known weaknesses.</summary>
    internal static ImmutableArray<string> DefaultTcbStatuses { get; } = ["UpToDate"];

    /// <summary>True for the digest of a root this policy accepts.</summary>
    /// <param name="keyDigest">SHA-256 of the root's SubjectPublicKeyInfo.</param>
    public bool IsTrustAnchor(Measurement keyDigest) => keyDigest == TrustAnchor || FurtherTrustAnchors.Contains(keyDigest);

    /// <summary>Parses strictly: no unknown, repeated or escaped member, no comment, every limit applied.</summary>
    /// <exception cref="PolicyFormatException">Anything the format does not allow, with its byte offset.</exception>
    public static AppraisalPolicy Parse(ReadOnlySpan<byte> json) => new PolicyReader(json).Read();

    /// <summary>The canonical JSON (RFC 8785), so that one policy has one digest.</summary>
    /// <exception cref="PolicyFormatException">A member set in code is one that <see cref="Parse"/> would refuse.</exception>
    public byte[] ToJson()
    {
        var json = PolicyWriter.Write(this);
        _ = Parse(json);
        return json;
    }

    /// <summary>Equality by content.</summary>
    public bool Equals(AppraisalPolicy? other) => other is not null && PolicyWriter.Write(this).AsSpan().SequenceEqual(PolicyWriter.Write(other));

    bool Names(int register, bool orZero) =>
        (Registers.TryGetValue(register, out var values) && !values.IsDefaultOrEmpty && (orZero || !values.Any(value => value.IsZero)))
        || (Values.TryGetValue(string.Create(CultureInfo.InvariantCulture, $"pcrs.{register}"), out var texts) && (orZero || !texts.Any(text => !text.AsSpan().ContainsAnyExcept('0'))));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Platform, TrustAnchor, MaxAge, ClockSkew);
}
