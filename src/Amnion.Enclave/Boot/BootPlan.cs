using System.Collections.Immutable;
using System.Security.Cryptography;
using Amnion.Enclave.Keys;
using Amnion.Guard.Packs;
using Amnion.Models.Manifest;
using Amnion.Records;
using Amnion.Records.Frames;

namespace Amnion.Enclave.Boot;

/// <summary>A boot request that was checked but not measured yet.</summary>
sealed class BootPlan
{
    BootPlan(ModelManifest manifest, EngineConfiguration engine, GuardPolicy guard, SuitePolicy suites, ImmutableSortedDictionary<string, ImmutableArray<byte>> preimages)
    {
        Manifest = manifest;
        Engine = engine;
        Guard = guard;
        Suites = suites;
        Preimages = preimages;

        // Registers ascend, each is extended once.
        Log = new RegisterLog([.. preimages
            .Select(pair => new RegisterEvent(RegisterLog.Plan[pair.Key], pair.Key, Digest.Sha384(pair.Value.AsSpan())))
            .OrderBy(entry => entry.Register)]);
    }

    public ModelManifest Manifest { get; }

    public EngineConfiguration Engine { get; }

    public GuardPolicy Guard { get; }

    public SuitePolicy Suites { get; }

    public RegisterLog Log { get; }

    public ImmutableSortedDictionary<string, ImmutableArray<byte>> Preimages { get; }

    /// <summary>Reads a request and checks all that can be checked before anything is measured.</summary>
    /// <param name="frame">The request.</param>
    /// <param name="image">What the image was built for; null outside of one.</param>
    /// <exception cref="EnclaveRefusedException">Something is malformed, not signed, or not for this enclave.</exception>
    public static BootPlan Read(ReadOnlySpan<byte> frame, ImageConfiguration? image)
    {
        try
        {
            return Read(BootRequest.Parse(frame), image);
        }
        catch (RecordFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.BootMalformed);
        }
    }

    static BootPlan Read(BootRequest request, ImageConfiguration? image)
    {
        var engine = EngineConfiguration.Parse(request.Engine.AsSpan());
        var guard = GuardPolicy.Parse(request.Guard.AsSpan());
        var suites = SuitePolicy.Parse(request.Suites.AsSpan());

        // One meaning, one measurement: another spelling of the same record would be another register value.
        if (!request.Engine.AsSpan().SequenceEqual(engine.ToJson()) || !request.Guard.AsSpan().SequenceEqual(guard.ToJson()) || !request.Suites.AsSpan().SequenceEqual(suites.ToJson()))
        {
            throw new EnclaveRefusedException(EnclaveCodes.BootMalformed);
        }

        var manifest = ReadManifest(request, engine);
        if (image?.Model is { } only && manifest.Digest != only)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ImageModel);
        }

        if (image?.Guard is { } policy && Digest.Sha384(request.Guard.AsSpan()) != policy)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ImageGuard);
        }

        if (ServeSuites.Group(suites).IsEmpty)
        {
            throw new EnclaveRefusedException(EnclaveCodes.NoSuite);
        }

        return new BootPlan(manifest, engine, guard, suites, new Dictionary<string, ImmutableArray<byte>>
        {
            [RegisterLog.ModelManifest] = request.Manifest,
            [RegisterLog.EngineConfiguration] = request.Engine,
            [RegisterLog.GuardPolicy] = request.Guard,
            [RegisterLog.SuitePolicy] = request.Suites,
            [RegisterLog.ReleaseVersion] = [.. ReleaseVersion.Current.ToJson()],
            [RegisterLog.EgressSchema] = [.. EgressSchema.ToJson()],
        }.ToImmutableSortedDictionary(StringComparer.Ordinal));
    }

    static ModelManifest ReadManifest(BootRequest request, EngineConfiguration engine)
    {
        if (Digest.Sha256(request.ModelSigner.AsSpan()) != engine.ModelSigner)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ModelSigner);
        }

        try
        {
            // Parsing refuses what this enclave does not run: architectures, templates, several weights files, no commitment.
            var manifest = ModelManifest.Parse(request.Manifest.AsSpan());
            using var signer = ECDsa.Create();
            signer.ImportSubjectPublicKeyInfo(request.ModelSigner.AsSpan(), out _);
            return ModelSignature.Verify(request.Signature.AsSpan(), manifest, signer) is OmsVerification.Accepted && manifest.Content.Weights.PlainLength > 0
                ? manifest
                : throw new EnclaveRefusedException(EnclaveCodes.ManifestSignature);
        }
        catch (ManifestFormatException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.Manifest);
        }
        catch (Exception e) when (e is BundleFormatException or CryptographicException or ArgumentException)
        {
            throw new EnclaveRefusedException(EnclaveCodes.ManifestSignature);
        }
    }
}
