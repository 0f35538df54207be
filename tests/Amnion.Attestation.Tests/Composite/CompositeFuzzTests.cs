using System.Text;
using Amnion.Attestation.Composite;
using Amnion.Attestation.EventLogs;
using Amnion.Attestation.Tests.EventLogs;
using Amnion.Attestation.Tests.Tpm;
using Amnion.Attestation.Tpm;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Composite;

/// <summary>No input makes a parser do anything but return or throw its own exception, and nothing changed is accepted.</summary>
public sealed class CompositeFuzzTests
{
    static readonly TestTpm s_tpm = new();

    [Fact]
    public void Quotes_signatures_and_public_areas() => Fuzz.Run(40, [s_tpm.Message, s_tpm.Sign(s_tpm.Message), s_tpm.PublicArea, TestTpm.Rsa().PublicArea], input =>
    {
        if (TpmQuote.TryParse(input, out var quote))
        {
            Assert.Equal(input, quote.Message.ToArray());
            Assert.NotEmpty(quote.Fields);
        }

        Refuses<TpmFormatException>(() => TpmSignature.Parse(input), exception => exception.Offset, input.Length);
        Refuses<TpmFormatException>(() => _ = TpmPublic.Parse(input).Name, exception => exception.Offset, input.Length);
    });

    [Fact]
    public void Containers_of_quotes() => Fuzz.Run(41, [s_tpm.Json([1]), [.. "\n"u8, .. s_tpm.PublicArea]], input =>
    {
        if (TpmEvidence.TryParse(input, out var evidence))
        {
            Assert.InRange(evidence.Quotes.Length, 1, TpmEvidence.MaxQuotes);
            _ = TpmVerifier.Verify(evidence, s_tpm.Verification);
        }

        Refuses<TpmFormatException>(() => TpmEvidence.FromFiles(s_tpm.Message, s_tpm.Sign(s_tpm.Message), input.Length == 0 ? [0] : input), exception => exception.Offset, input.Length);
    });

    [Fact]
    public void Event_logs() => Fuzz.Run(42, [Log(), TestLog.Old(0, 8, new byte[20], [1, 2, 3])], input =>
    {
        if (EventLog.TryParse(input, out var log))
        {
            Assert.InRange(log.Events.Length, 0, EventLog.MaxEvents);
            Assert.NotEmpty(log.Fields);
            Assert.All(log.Algorithms.Where(algorithm => algorithm is TestLog.Sha1 or TestLog.Sha256), algorithm => log.Replay(algorithm));
        }
    });

    [Fact]
    public void Wrappings()
    {
        var machine = new TestAzureMachine();
        byte[][] seeds = [machine.Json, machine.Hcl, Encoding.UTF8.GetBytes(machine.Runtime), "{\"quote\":\"00\",\"event_log\":\"[]\"}"u8.ToArray(), "{\"attestation\":\"0000\"}"u8.ToArray(), "{\"report\":{\"snpCvm\":{}}}"u8.ToArray()];
        Fuzz.Run(43, seeds, input =>
        {
            _ = AzureVtpmEvidence.TryParse(input, out _);
            _ = AzureHclReport.TryParse(input, out _);
            _ = CleanroomEvidence.TryParse(input, out _);
            _ = DstackEvidence.TryParse(input, out _);
            _ = GcpConfidentialSpaceClaims.TryParse(input, out _);
            _ = UvmReferenceInfo.TryParse(input, out _);
            _ = NitroTpmDocument.TryParse(input, out _);
        });
    }

    [Fact]
    public void Published_wrappings_with_bytes_changed()
    {
        var folder = SharedData.Folder("vectors/attestation");
        var seeds = new[] { "azure/aci-uvm-endorsement/body.uvm_reference_info.bin", "azure/cleanroom-cvm-insecure-virtual-signing/attestation.json", "eventlog/dstack-tdx-lite-attestation/tdx-lite-attestation.json", "tpm/gce-cos-85-no-nonce/gce-cos-85-no-nonce.pb", "eventlog/google-ccel-unpadded-data-bin/CCEL_unpadded.data.bin" };
        foreach (var (seed, path) in seeds.Index())
        {
            var original = File.ReadAllBytes(Path.Combine(folder, path));
            Fuzz.Run(44 + seed, [original], input =>
            {
                _ = UvmReferenceInfo.TryParse(input, out _);
                _ = CleanroomEvidence.TryParse(input, out _);
                _ = DstackEvidence.TryParse(input, out _);
                _ = TpmEvidence.TryParse(input, out _);
                _ = EventLog.TryParse(input, out _);
            });
        }
    }

    /// <summary>The signature's other number (n - s) changes no claim; every bit of everything else does.</summary>
    [Fact]
    public void No_quote_with_one_bit_flipped_is_accepted()
    {
        var (message, signature) = (s_tpm.Message, s_tpm.Sign(s_tpm.Message));
        byte[] values = [.. Enumerable.Range(0, 24).SelectMany(index => TestTpm.Register(TestTpm.Sha256, index))];
        byte[][] parts = [message, signature, values, s_tpm.PublicArea];
        Assert.True(Accepts(parts));
        var accepted = new List<string>();
        for (var part = 0; part < parts.Length; part++)
        {
            for (var bit = 0; bit < parts[part].Length * 8; bit += part == 2 ? 31 : 1)
            {
                parts[part][bit / 8] ^= (byte)(1 << (bit % 8));
                if (Accepts(parts))
                {
                    accepted.Add($"part {part}, bit {bit}");
                }

                parts[part][bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }

        // Of the public area only key, scheme and the attributes of attestation keys are compared: a key that is pinned is pinned by its key. The rest (hash of
        // the name, further attributes, symmetric scheme, key derivation) is a remark, and is listed in docs/specs/tpm.md.
        Assert.All(accepted, place => Assert.StartsWith("part 3", place, StringComparison.Ordinal));
    }

    static bool Accepts(byte[][] parts)
    {
        try
        {
            return TpmVerifier.Verify(TpmEvidence.FromFiles(parts[0], parts[1], parts[2], parts[3]), s_tpm.Verification).AllPass();
        }
        catch (TpmFormatException)
        {
            return false;
        }
    }

    static byte[] Log() => new TestLog().Add(0, 8, "version").Add(7, TestLog.VariableDriverConfig, TestLog.Variable(Guid.Empty, "PK", [1])).Add(8, TestLog.Ipl, "grub_cmd: x").Bytes;

    static void Refuses<T>(Action parse, Func<T, int> offset, int length)
        where T : FormatException
    {
        try
        {
            parse();
        }
        catch (T exception)
        {
            Assert.InRange(offset(exception), 0, Math.Max(length, 4096));
        }
    }
}
