using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Amnion.Cli.Conformance;
using Amnion.Testing;

namespace Amnion.Cli.Tests.Conformance;

/// <summary>Shapes that the published folder does not have: what is not answered does not agree, and what can be answered does.</summary>
public sealed class AlteredConformanceTests
{
    static bool Is(ConformanceCase item, string tee, string id) => item.Tee == tee && item.Id == id;

    static AlteredFolder Of(string tee, string id) => new(item => Is(item, tee, id));

    [Theory]
    [InlineData("nitro", "synthetic-baseline")]
    [InlineData("snp", "virtee-milan-v2")]
    [InlineData("tdx", "google-v4-00b252")]
    [InlineData("tpm", "synthetic-baseline-rsa")]
    [InlineData("azure", "snp-v1")]
    [InlineData("eventlog", "cos-113-tdx-ccel")]
    [InlineData("gcp", "oak-confidential-space-claims")]
    [InlineData("tokens", "veraison-psa-good-json")]
    [InlineData("conformance", "attestation-sev-460-measurement-pin-match")]
    public void An_invented_word_or_policy_does_not_agree(string tee, string id)
    {
        using var folder = Of(tee, id);
        folder.Agrees();
        folder.Expected["invented"] = "x";
        folder.Disagrees("nobody answers expected.invented");
        folder.Expected.Remove("invented");
        folder.Case["invented"] = "x";
        folder.Disagrees("nobody reads the entry's member \"invented\"");
        folder.Case.Remove("invented");
        folder.Case["policy"] = new JsonObject { ["no_such_field"] = "00" };
        Assert.False(folder.RunFirst().Agrees);
    }

    [Theory]
    [InlineData("nitro", "fortanix-2021-tampered-sig", "fail_at", """["chain_sigs"]""")]
    [InlineData("nitro", "oyster-custom-root", "alt_anchor_sha256", "\"00\"")]
    [InlineData("nitro", "synthetic-baseline", "default_policy", "\"reject: debug\"")]
    [InlineData("nitro", "synthetic-baseline", "default_policy", "\"reject: what nobody knows\"")]
    [InlineData("snp", "lit-badsig", "fail_at", "\"version\"")]
    [InlineData("snp", "synthetic-baseline-v3", "default_policy", """["reject: VMPL != 0 unless expected"]""")]
    [InlineData("tdx", "dstack-v4-149ed8", "stage", "\"pck_chain\"")]
    [InlineData("tdx", "google-v4-00b252", "tdx_module_status", "\"Revoked\"")]
    [InlineData("tdx", "derived-tdxA-body-mr-flip", "fail_at_reference", "\"tcb_info:signature\"")]
    [InlineData("azure", "snp-v1", "fail_at", """["pcr_digest"]""")]
    [InlineData("azure", "snp-v1", "nonce", "\"00\"")]
    [InlineData("nvidia", "hopper-535", "trailing_bytes", "7")]
    public void A_wrong_result_is_found_wrong(string tee, string id, string word, string value)
    {
        using var folder = Of(tee, id);
        folder.Agrees();
        folder.Expected[word] = JsonNode.Parse(value);
        Assert.False(folder.RunFirst().Agrees);
    }

    [Theory]
    [InlineData("vek_serial", "\"0x1\"")]
    [InlineData("vek_extensions", """{"bl": 99}""")]
    [InlineData("vek_extensions", """{"colour": "red"}""")]
    public void What_the_entry_says_of_the_endorsement_key_is_compared(string member, string value)
    {
        using var folder = Of("snp", "virtee-milan-v2");
        folder.Case[member] = JsonNode.Parse(value);
        folder.Disagrees(member);
    }

    [Theory]
    [InlineData("nitro", "distlab-2025-kmskeyid", "{\"permit_debug\":false}", false)]
    [InlineData("nitro", "distlab-2025-kmskeyid", "{\"permit_debug\":true,\"forbid_debug\":true}", false)]
    [InlineData("nitro", "distlab-2025-kmskeyid", "{\"permit_debug\":true}", true)]
    [InlineData("nitro", "distlab-2025-kmskeyid", "{\"forbid_debug\":false}", true)]
    public void Words_on_debugging_are_applied(string tee, string id, string policy, bool accepts)
    {
        using var folder = Of(tee, id);
        folder.Case["policy"] = JsonNode.Parse(policy);
        folder.Expected["policy_outcome"] = accepts ? "valid" : "invalid";
        folder.Agrees();
        folder.Expected["policy_outcome"] = accepts ? "invalid" : "valid";
        folder.Disagrees("policy_outcome");
    }

    [Theory]
    [InlineData("tokens", "veraison-psa-good-json", "{\"permit_debug\":false}")]
    [InlineData("eventlog", "google-debian-10-bin", "{\"forbid_debug\":true}")]
    [InlineData("tdx", "google-v4-00b252", "{\"mrtd\":{}}")]
    public void A_policy_that_nothing_can_apply_does_not_agree(string tee, string id, string policy)
    {
        using var folder = Of(tee, id);
        folder.Case["policy"] = JsonNode.Parse(policy);
        Assert.Equal("unreadable", folder.RunFirst().Got);
    }

    [Fact]
    public void A_case_without_files_never_agrees()
    {
        foreach (var entry in AlteredFolder.Manifest.GetProperty("cases").EnumerateArray().DistinctBy(entry => (entry.GetProperty("tee").GetString(), entry.GetProperty("kind").GetString())))
        {
            foreach (var outcome in (string[])["valid", "verified", "invalid", "either", "parse_only", "schema", "trust_anchor"])
            {
                using var folder = new AlteredFolder(item => item.Json.GetRawText() == entry.GetRawText());
                folder.Case["files"] = new JsonArray();
                folder.Expected["outcome"] = outcome;
                Assert.False(folder.RunFirst().Agrees);
            }
        }
    }

    [Fact]
    public void What_is_no_certificate_is_no_anchor_that_was_read()
    {
        using var folder = new AlteredFolder(item => item.Kind == "trust_anchor_negative");
        folder.Case["files"] = new JsonArray();
        folder.AddFile("anchor", Encoding.ASCII.GetBytes("hello"));
        folder.Expected["outcome"] = "parse_only";
        Assert.False(folder.RunFirst().Agrees);
    }

    [Theory]
    [InlineData("\"id\":\"\\ud800\"")]
    [InlineData("\"expected\":{\"outcome\":\"\\ud800\"}")]
    [InlineData("\"\\ud800\":1")]
    [InlineData("\"files\":[{\"role\":\"evidence\",\"path\":\"\\ud800\"}]")]
    public void Half_a_surrogate_pair_spoils_its_own_case_alone(string member)
    {
        using var folder = Of("nitro", "synthetic-baseline");
        folder.Run();
        var manifest = Path.Combine(folder.Root, "MANIFEST.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"cases\":[", "\"cases\":[{\"tee\":\"nitro\"," + member + "},", StringComparison.Ordinal));
        var results = ConformanceRunner.Run(folder.Root).ToList();
        Assert.Equal([false, true], results.Select(result => result.Agrees));
        Assert.Single(ConformanceRunner.Run(folder.Root, item => item.Id == "synthetic-baseline"));
        File.WriteAllText(manifest, "{\"\\ud800\":1,\"format\":\"amnion-vectors/1\",\"cases\":[]}");
        Assert.Throws<FormatException>(() => ConformanceRunner.Run(folder.Root).ToList());
    }

    [Fact(Timeout = 20_000)]
    public async Task A_pipe_in_the_folder_is_read_as_empty()
    {
        using var folder = Of("nitro", "synthetic-baseline");
        var path = Path.Combine(folder.Root, folder.PathOf("evidence"));
        File.Delete(path);
        using var made = System.Diagnostics.Process.Start("mkfifo", [path]);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("invalid", (await Task.Run(folder.RunFirst, TestContext.Current.CancellationToken)).Got);
    }

    [Fact]
    public void More_items_than_stated_are_found()
    {
        using var folder = Of("tpm", "synthetic-baseline-rsa");
        folder.Agrees();
        folder.Case["decoded"] = new JsonObject { ["pcr"] = new JsonArray(new JsonArray()) };
        folder.Disagrees("pcr.1 was found");
    }

    [Fact]
    public void An_endorsement_whose_report_nobody_can_verify_is_refused()
    {
        using var folder = Of("azure", "aci-uvm-endorsement");
        folder.Agrees();
        folder.RemoveFile("uvm_host_amd_certificate");
        folder.Disagrees("outcome is invalid");
    }

    [Theory]
    [InlineData("tpm", "synthetic-baseline-rsa", """{"pcrs": {"0": "99"}}""")]
    [InlineData("tdx", "google-v4-00b252", """{"mrtd": "99"}""")]
    [InlineData("sgx", "mobilecoin-v3-0b5bc7", """{"mrenclave": "99"}""")]
    [InlineData("azure", "snp-v1", """{"nonce": "9999"}""")]
    [InlineData("azure", "snp-v1", """{"measurement": "99"}""")]
    [InlineData("eventlog", "cos-113-tdx-ccel", """{"rtmrs": ["99"]}""")]
    [InlineData("nitro", "synthetic-baseline", """{"user_data": "99"}""")]
    [InlineData("snp", "synthetic-baseline-v3", """{"measurement": "99"}""")]
    public void A_policy_that_is_not_met_makes_the_outcome_invalid_or_the_policy_outcome_where_one_is_stated(string tee, string id, string policy)
    {
        using var folder = Of(tee, id);
        folder.Case["policy"] = JsonNode.Parse(policy);
        Assert.Equal("invalid", folder.RunFirst().Got);
        folder.Expected["policy_outcome"] = "invalid";
        folder.Agrees();
        folder.Expected["policy_outcome"] = "valid";
        folder.Disagrees("policy_outcome");
    }

    [Theory]
    [InlineData("nitro", "synthetic-baseline", "module_id", "module_id")]
    [InlineData("tdx", "google-v4-00b252", "td.mrtd", "mrtd")]
    [InlineData("tpm", "synthetic-baseline-rsa", "pcr.0", "pcrs.0")]
    public void A_policy_that_is_met_changes_nothing(string tee, string id, string field, string member)
    {
        using var folder = Of(tee, id);
        var value = ConformanceRunner.Answer(new ConformanceCase(SharedData.Folder("vectors/attestation"), AlteredFolder.Manifest.GetProperty("cases").EnumerateArray().First(entry => entry.GetProperty("id").GetString() == id))).Fields.First(entry => entry.Name == field).Value;
        var policy = member.Split('.') is [var group, var index] ? new JsonObject { [group] = new JsonObject { [index] = value } } : new JsonObject { [member] = value };
        folder.Case["policy"] = policy;
        folder.Expected["policy_outcome"] = "valid";
        folder.Agrees();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id": "a", "tee": "snp", "kind": "attestation_report"}""")]
    [InlineData("7")]
    [InlineData("""{"id": "a", "tee": "tpm", "kind": "quote", "files": [{"role": "quote"}], "expected": {"outcome": "valid"}}""")]
    [InlineData("""{"id": "a", "tee": "nitro", "kind": "synthetic", "files": [{"role": "evidence", "path": "absent"}], "expected": {"outcome": "valid"}}""")]
    [InlineData("""{"id": "a", "tee": "snp", "kind": "crl", "files": 3, "expected": {"outcome": "crl"}}""")]
    [InlineData("""{"id": "a", "tee": "nitro", "kind": "trust_anchor", "files": [], "verify_at": "never", "expected": "valid"}""")]
    public void A_case_that_cannot_be_read_does_not_stop_the_others(string broken)
    {
        using var folder = Of("nitro", "synthetic-baseline");
        folder.Cases.Insert(0, JsonNode.Parse(broken));
        var results = folder.Run();
        Assert.Equal(2, results.Count);
        Assert.False(results[0].Agrees);
        Assert.True(results[1].Agrees);
    }

    [Fact]
    public void A_manifest_whose_list_of_files_is_broken_is_told_and_its_cases_still_run()
    {
        using var folder = Of("nitro", "synthetic-baseline");
        var path = folder.PathOf("evidence");
        var results = folder.Run(new JsonArray(7, new JsonObject { ["path"] = path }, new JsonObject { ["path"] = path, ["sha256"] = AlteredFolder.Hex(folder.Read("evidence")) }, new JsonObject { ["path"] = path, ["sha256"] = "00" }));
        Assert.True(results[0].Agrees, string.Join("; ", results[0].Problems));
        Assert.Equal(["file 0 of the manifest has no path or no SHA-256", "file 1 of the manifest has no path or no SHA-256", path + " has two SHA-256 in the manifest"], results[1].Problems);
    }

    [Theory]
    [InlineData("snp", "amd-crl-milan", "crl")]
    [InlineData("tpm", "synthetic-baseline-rsa", "message")]
    [InlineData("eventlog", "google-debian-10-bin", "log")]
    [InlineData("eventlog", "cos-113-tdx-ccel", "cos-113-tdx-quote")]
    [InlineData("eventlog", "cos-113-tdx-ccel", "ccel_data")]
    [InlineData("azure", "aci-uvm-endorsement", "snp_report")]
    [InlineData("tdx", "google-v4-00b252", "quote")]
    [InlineData("tdx", "google-v4-00b252", "tcb_info")]
    [InlineData("tdx", "google-v4-00b252", "pck_crl")]
    [InlineData("nitro", "roots", "root")]
    public void A_truncated_file_is_refused_and_not_an_error(string tee, string id, string role)
    {
        using var folder = Of(tee, id);
        folder.Alter(role, bytes => bytes[..Math.Min(bytes.Length / 2, 700)]);
        folder.Expected.Clear();
        folder.Expected["outcome"] = "invalid";
        folder.Case.Remove("decoded");
        folder.Agrees();
    }

    [Theory]
    [InlineData("snp", "virtee-milan-v2")]
    [InlineData("snp", "synthetic-baseline-v3")]
    [InlineData("tdx", "google-v4-00b252")]
    [InlineData("sgx", "mobilecoin-v3-0b5bc7")]
    [InlineData("nitro", "synthetic-baseline")]
    public void A_case_without_a_time_is_verified_when_it_was_valid(string tee, string id)
    {
        using var folder = Of(tee, id);
        folder.Case.Remove("verify_at");
        Assert.Equal((string?)folder.Expected["outcome"], folder.RunFirst().Got);
    }

    [Theory]
    [InlineData("sgx", "teepot-v3-8418db", "signature_valid_no_collateral", true)]
    [InlineData("sgx", "teepot-v3-8418db", "parse_only", true)]
    [InlineData("sgx", "teepot-v3-8418db", "invalid", false)]
    [InlineData("sgx", "oasis-v3-72a05b", "either", true)]
    [InlineData("sgx", "oasis-v3-72a05b", "invalid", true)]
    [InlineData("snp", "synthetic-crl-ask-revoked", "invalid", true)]
    [InlineData("snp", "synthetic-crl-ask-revoked", "either", true)]
    [InlineData("snp", "synthetic-crl-ask-revoked", "valid", false)]
    [InlineData("nitro", "fortanix-2021-tampered-sig", "revoked", false)]
    [InlineData("tdx", "google-v4-00b252", "parse_only", true)]
    public void Outcomes_are_judged_by_the_manifests_words(string tee, string id, string outcome, bool agrees)
    {
        using var folder = Of(tee, id);
        folder.Expected["outcome"] = outcome;
        Assert.Equal(agrees, folder.RunFirst().Agrees);
    }

    [Fact]
    public void What_is_accepted_where_either_will_do_is_compared_with_its_original_or_it_is_said_that_it_was_not()
    {
        using var folder = Of("nitro", "synthetic-baseline");
        folder.Expected["outcome"] = "either";
        folder.Case.Remove("decoded");
        folder.Agrees();
        Assert.Equal(["accepted; the manifest names no original to compare the values with"], folder.RunFirst().Remarks);
        folder.Case["derived_from"] = "nitro/absent";
        folder.Agrees();
        Assert.Equal(["accepted; the folder has no case \"nitro/absent\" to compare the values with"], folder.RunFirst().Remarks);
        folder.Case["derived_from"] = "other";
        var other = folder.Add(item => Is(item, "nitro", "synthetic-baseline"));
        other["id"] = "other";
        folder.Agrees();
        Assert.Empty(folder.RunFirst().Remarks);
        var different = folder.Add(item => item.Tee == "nitro" && item.Expected == "valid" && item.Id != "synthetic-baseline" && item.Kind == "cose_sign1_attestation_document");
        folder.Case["derived_from"] = (string)different["id"]!;
        folder.Disagrees("accepted with other values");
    }

    [Fact]
    public void A_root_that_a_genuine_document_verifies_under_is_an_anchor()
    {
        using var folder = Of("nitro", "fortanix-roots");
        folder.Add(item => item.Tee == "nitro" && item.Expected == "valid" && item.Kind == "cose_sign1_attestation_document");
        folder.Agrees();
        var anchor = folder.Add(item => Is(item, "nitro", "roots"));
        folder.Files.Clear();
        folder.Files.Add((JsonNode)new JsonObject { ["role"] = "raw", ["path"] = (string)anchor["files"]![0]!["path"]! });
        folder.Disagrees("outcome is valid");
    }

    [Fact]
    public void Another_parsers_result_is_held_against_our_reading_of_the_log()
    {
        using var folder = Of("eventlog", "confidential-containers-ccel-data-ovmf-out-json");
        folder.Agrees();
        folder.AddFile("raw", File.ReadAllBytes(Path.Combine(SharedData.Folder("vectors/attestation"), "eventlog/confidential-containers-ccel-data-ovmf/CCEL_data_ovmf")));
        folder.Agrees();
        folder.Alter("log", bytes => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("EV_EFI_HANDOFF_TABLES2", "EV_SEPARATOR", StringComparison.Ordinal)));
        folder.Disagrees("outcome is invalid");
    }

    [Fact]
    public void A_token_is_verified_by_the_cases_key_at_the_cases_time()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        static string Encode(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        var signed = Encode("""{"alg":"ES256","typ":"JWT"}""") + "." + Encode("""{"iss":"https://verifier.example","iat":1767225600,"exp":1767229200,"eat_profile":"tag:example"}""");
        var token = signed + "." + System.Buffers.Text.Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
        using var folder = Of("tokens", "veraison-psa-good-json");
        folder.Write(folder.PathOf("token"), Encoding.ASCII.GetBytes(token));
        folder.Agrees();
        folder.AddFile("key", Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
        folder.Expected["outcome"] = "valid";
        folder.Case["verify_at"] = "2026-01-01T00:10:00Z";
        folder.Agrees();
        folder.Case["verify_at"] = "2026-01-01T01:10:00Z";
        folder.Disagrees("outcome is invalid");
        folder.Case["verify_at"] = "2025-12-31T23:00:00Z";
        folder.Disagrees("outcome is invalid");
        folder.Case["verify_at"] = "2026-01-01T00:10:00Z";
        folder.Write("key.added", Encoding.ASCII.GetBytes(other.ExportSubjectPublicKeyInfoPem()));
        folder.Disagrees("outcome is invalid");
    }

    [Fact]
    public void An_upstream_expectation_that_states_nothing_is_no_agreement()
    {
        using var folder = Of("conformance", "measurement-101-fingerprint-tdx-multi-register");
        folder.Agrees();
        folder.Write(folder.PathOf("manifest"), "id: x\n"u8.ToArray());
        folder.Write(folder.PathOf("expected"), "{}"u8.ToArray());
        folder.Disagrees("the upstream states no result");
        folder.Write(folder.PathOf("expected"), """{"accepted": true, "colour": "red"}"""u8.ToArray());
        folder.Disagrees("nobody answers \"colour\"");
    }

    [Theory]
    [InlineData("qv_result", "\"TD_RELAUNCH_ADVISED\"")]
    [InlineData("tcb_status", "\"Revoked\"")]
    [InlineData("collateral_expired", "true")]
    [InlineData("invented", "1")]
    [InlineData("body_fields", """{"td_attributes_decoded": {"sec_pks": false}}""")]
    [InlineData("body_fields", """{"td_attributes_decoded": {"sec_invented": false}}""")]
    [InlineData("measurement", """{"type": "https://tinfoil.sh/predicate/sev-snp-guest/v2"}""")]
    public void A_wrong_output_of_a_quote_is_found_wrong(string name, string value)
    {
        using var folder = Of("conformance", "attestation-tdx-300-tdx-v4-happy");
        folder.Agrees();
        var expected = (JsonObject)JsonNode.Parse(folder.Read("expected"))!;
        expected["outputs"] = new JsonObject { [name] = JsonNode.Parse(value) };
        folder.Write(folder.PathOf("expected"), Encoding.UTF8.GetBytes(expected.ToJsonString()));
        folder.Disagrees("differs");
    }

    [Fact]
    public void Bits_are_flipped_in_accepted_cases_only()
    {
        using var folder = Of("nitro", "synthetic-baseline");
        folder.Alter("evidence", bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        _ = folder.Run();
        var item = new ConformanceCase(folder.Root, JsonDocumentOf(folder));
        Assert.Throws<InvalidOperationException>(() => BitFlips.Run(item, folder.PathOf("evidence"), [0]));
    }

    static System.Text.Json.JsonElement JsonDocumentOf(AlteredFolder folder) => System.Text.Json.JsonDocument.Parse(folder.Case.ToJsonString()).RootElement;
}
