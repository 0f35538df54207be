using Amnion.Host.Local;

namespace Amnion.Host.Tests.Local;

public sealed class SandboxCheckTests
{
    [Fact]
    public async Task Every_finding_says_what_was_found_and_what_to_do_where_it_is_not_fine()
    {
        var findings = await SandboxCheck.RunAsync(default);

        Assert.Equal(["kernel", "bubblewrap", "isolation", "system-call filter", "landlock", "anonymous files", "locked memory"], findings.Select(finding => finding.Name));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Detail));
        Assert.All(findings, finding => Assert.Equal(finding.Fine, finding.Hint.Length == 0));
    }
}
