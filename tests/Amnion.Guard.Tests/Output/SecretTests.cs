using System.Text.RegularExpressions;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Secrets;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Output;

public class SecretTests
{
    const string Mixed = "q7Zt3RkW9xLm2VbN8sYc4HdJ6fGp1TnAeUi5QoXrKzEwBvChDjMyPsFgSaLu0123";
    const string Hex = "9f3ac1e07b5d48628a1fe4c03d7b96ea51c2f80d47b39e6a1c5f2d8e0b7a4936";

    public static TheoryData<string, string> Keys => new()
    {
        { "AKIAQ3EGRI5JX7KD2VPL", "secret.aws.access-key" },
        { "AIzaSyD3x9KfQ7LmZt2RkWvB8sYc4HdJ6fGp1Tn", "secret.gcp.api-key" },
        { "ghp_" + Mixed[..36], "secret.github.token" },
        { "github_pat_" + Mixed[..50], "secret.github.token" },
        { "glpat-" + Mixed[..20], "secret.gitlab.token" },
        { "xoxb-290174653812-718204935561-" + Mixed[..24], "secret.slack.token" },
        { "https://hooks.slack.com/services/T01K7DQPF/B02GHWJKL/" + Mixed[..24], "secret.slack.webhook" },
        { "sk_live_" + Mixed[..24], "secret.stripe.key" },
        { "sk-proj-" + Mixed, "secret.openai.key" },
        { "sk-ant-api03-" + Mixed + Mixed[..29] + "AA", "secret.anthropic.key" },
        { "hf_" + Mixed.Replace("0", "a", StringComparison.Ordinal)[..34], "secret.huggingface.token" },
        { "npm_" + Mixed[..36], "secret.npm.token" },
        { "SG." + Mixed[..22] + "." + Mixed[..43], "secret.sendgrid.key" },
        { "shpat_" + Hex[..32], "secret.shopify.token" },
        { "dop_v1_" + Hex, "secret.digitalocean.token" },
        { "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk", "secret.jwt" },
        { "postgres://app:h7Gq2ws9@db.internal:5432/main", "secret.connection-string" },
        { "Authorization: Bearer " + Mixed[..40], "secret.http.bearer" },
        { "api_key = \"" + Mixed[..32] + "\"", "secret.assigned" },
        { "\"client_secret\": \"" + Hex[..40] + "\"", "secret.assigned" },
        { "AccountKey=" + Mixed + Mixed[..22] + "==;", "secret.assigned" },
        { "DB_PASSWORD=hunter2-42", "secret.password" },
        { "<password>Tr0ub4dor&amp3</password>", "secret.password" },
        { "The password is Sw0rdf1sh.", "secret.password" },
        { "heroku_key: 9f3ac1e0-7b5d-4862-8a1f-e4c03d7b96ea", "secret.issuer" },
    };

    public static TheoryData<string> NoKeys =>
    [
        "The commit is 3f2a9c1d5e7b8a6c4d2e1f0a9b8c7d6e5f4a3b2c and the digest sha256:" + Hex + ".",
        "id: 9f3ac1e0-7b5d-4862-8a1f-e4c03d7b96ea",
        "AKIAIOSFODNN7EXAMPLE is Amazon's example.",
        "api_key = \"YOUR_API_KEY\"",
        "api_key = os.environ[\"API_KEY_2\"]",
        "password: ${DB_PASSWORD1}",
        "password = input(\"Password 1: \")",
        "The password must have 8 characters, one of them a digit.",
        "The password is required. A token is a piece of a word; max_tokens: 4096.",
        "token = response.data.token2",
        "secret: xxxxxxxxxxxx1",
        "postgres://user:password@localhost/db",
        "https://user@host/path and https://docs.acme.example:8443/a@b",
        "sk-learn, sk-abc and ghp_short",
        "-----BEGIN CERTIFICATE-----\nMIIB0123456789012345678901234567890123456789\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "The key idea: between 2019 and 2024 the market grew.",
        "Call +44 20 7946 0000 or mail help@acme.example.",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk",
    ];

    [Theory]
    [MemberData(nameof(Keys))]
    public void Finds_a_key(string text, string rule)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new SecretCheck()]);
        var output = filter.Push("Use " + text + "\nthen go on.") + filter.Complete();
        Assert.Contains(filter.Findings, finding => finding.Rule == rule);
        Assert.Contains("[removed: secret]", output, StringComparison.Ordinal);
        Assert.EndsWith("then go on.", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(NoKeys))]
    public void Leaves_what_is_no_key(string text)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new SecretCheck()]);
        Assert.Equal(text, filter.Push(text) + filter.Complete());
        Assert.Empty(filter.Findings);
    }

    [Fact]
    public void Removes_a_private_key_to_its_last_dash()
    {
        var body = string.Join('\n', Enumerable.Repeat(Mixed, 20));
        var text = $"Key:\n-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----\nKeep it.";
        Assert.Equal("Key:\n[removed: secret]\nKeep it.", AnswerFilter.Filter(text, AnswerPolicy.Default, [new SecretCheck()]));
    }

    [Fact]
    public void Removes_a_private_key_whose_armour_has_headers_of_any_text()
    {
        var text = $"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: BCPG C# v1.6.1.0\nComment: Ann <ann_b@acme.example> & {{others}}\n\n{Mixed}\n=abcd\n-----END PGP PRIVATE KEY BLOCK-----\nKeep it.";
        Assert.Equal("[removed: secret]\nKeep it.", AnswerFilter.Filter(text, AnswerPolicy.Default, [new SecretCheck()]));
    }

    [Theory]
    [InlineData("glpat-q7Zt3Rk", "password=hunter2-42", "hunter2-42")]
    [InlineData(".eyJhbGciOiJIUzI1.eyJzdWIi", " ghp_q7Zt3RkW9xLm2VbN8sYc4HdJ6fGp1TnAeUi5", "q7Zt3RkW")]
    public void A_row_of_keys_without_an_end_hides_none_that_follows(string piece, string key, string secret)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 300)) + key + " end";
        var output = AnswerFilter.Filter(text, AnswerPolicy.Default, [new SecretCheck()]);
        Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
        Assert.EndsWith(" end", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_costs_few_steps_whatever_stands_before_it()
    {
        const int Length = 3_000;
        var most = 0L;
        var prefixes = SecretRules.All.Select(rule => rule.Prefix).Concat(["eyJ", "://", "-----BEGIN PRIVATE KEY-----", "password=", "token: "]).Distinct();
        foreach (var prefix in prefixes)
        {
            foreach (var piece in new[] { prefix, "-" + prefix, "." + prefix, "=" + prefix, prefix + "q7Zt3RkW", prefix + "...q7Zt3RkW9xLm2VbN8sYc4", prefix + "sk.eyJ-", prefix + "glpat-" })
            {
                var check = new SecretCheck();
                var filter = new AnswerFilter(AnswerPolicy.Default, [check]);
                filter.Push(string.Concat(Enumerable.Repeat(piece, (Length / piece.Length) + 1)));
                filter.Complete();
                var work = check.Work / Length;
                most = Math.Max(most, work);
                Assert.True(work <= 200, $"{piece}: {work} steps a character");
            }
        }

        TestContext.Current.SendDiagnosticMessage($"secrets: at most {most} steps a character");
    }

    [Fact]
    public void Finds_no_keys_in_prompts_that_hold_none()
    {
        var hits = 0;
        var texts = new[] { "gsm8k_sample.jsonl", "self_instruct.jsonl", "mt_bench.jsonl", "awesome_prompts.jsonl", "xstest_safe.jsonl" }.SelectMany(OutputText.Corpus).ToList();
        foreach (var text in texts)
        {
            var filter = new AnswerFilter(AnswerPolicy.Default, [new SecretCheck()]);
            _ = filter.Push(text) + filter.Complete();
            hits += filter.FindingCount > 0 ? 1 : 0;
        }

        TestContext.Current.SendDiagnosticMessage($"secrets: {hits} hits in {texts.Count} texts");
        Assert.InRange(hits, 0, texts.Count / 200);
    }

    [Fact]
    public void Finds_what_nine_of_ten_gitleaks_rules_find()
    {
        var (rules, found) = (0, 0);
        var missed = new List<string>();
        var toml = File.ReadAllText(Path.Combine(SharedData.Folder("vectors/guard"), "gitleaks.toml"));
        foreach (Match rule in Regex.Matches(toml, "(?ms)^id = \"([^\"]+)\".*?^regex = '''(.*?)'''"))
        {
            var sample = GitleaksSample.Of(rule.Groups[2].Value, rule.Groups[1].Value);
            if (sample is null)
            {
                continue;
            }

            rules++;
            var filter = new AnswerFilter(AnswerPolicy.Default, [new SecretCheck()]);
            _ = filter.Push("x = 1\n" + sample + "\n") + filter.Complete();
            if (filter.FindingCount > 0)
            {
                found++;
            }
            else
            {
                missed.Add(rule.Groups[1].Value);
            }
        }

        TestContext.Current.SendDiagnosticMessage($"gitleaks: {found} of {rules} rules' samples; missed {string.Join(' ', missed)}");
        Assert.InRange(rules, 180, 230);
        Assert.True(found >= rules * 9 / 10, $"{found} of {rules}; missed {string.Join(' ', missed)}");
    }
}
