using System.Xml.Linq;
using Amnion.Testing;

namespace Amnion.Architecture.Tests;

/// <summary>Holds the direction of dependencies, read from the project files.</summary>
public sealed class DependencyTests
{
    // Each project and the projects it may reference. Records is the bottom: Attestation and Models read its records.
    static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Amnion.Records"] = [],
        ["Amnion.Sealing"] = [],
        ["Amnion.Attestation"] = ["Amnion.Records"],
        ["Amnion.Models"] = ["Amnion.Sealing", "Amnion.Records"],
        ["Amnion.Guard"] = ["Amnion.Records"],
        ["Amnion.Inference"] = ["Amnion.Models", "Amnion.Sealing", "Amnion.Records"],
        ["Amnion.Enclave"] = ["Amnion.Attestation", "Amnion.Sealing", "Amnion.Records", "Amnion.Models", "Amnion.Inference", "Amnion.Guard"],
        ["Amnion.Images"] = ["Amnion.Attestation", "Amnion.Records"],
        ["Amnion.Host"] = ["Amnion.Images", "Amnion.Attestation", "Amnion.Records"],
        ["Amnion.KeyBroker"] = ["Amnion.Attestation", "Amnion.Sealing", "Amnion.Records"],
        ["Amnion.Client"] = ["Amnion.Attestation", "Amnion.Sealing", "Amnion.Records"],
        ["Amnion.Cli"] = ["Amnion.Attestation", "Amnion.Sealing", "Amnion.Records", "Amnion.Models", "Amnion.Images", "Amnion.Host", "Amnion.KeyBroker", "Amnion.Client", "Amnion.Guard"],
    };

    public static TheoryData<string> Projects => [.. Source.Projects.Select(path => Path.GetFileNameWithoutExtension(path)!)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_down_the_layers(string project)
    {
        Assert.True(Allowed.TryGetValue(project, out var allowed), $"{project} is not in the list of layers; add it to DependencyTests and docs/architecture.md.");
        var references = XDocument.Load(Path.Combine(Source.Root, project, project + ".csproj")).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        Assert.All(references, reference => Assert.Contains(reference, allowed!));
    }

    [Fact]
    public void No_listed_layer_is_missing() => Assert.Equal(Allowed.Keys.Order(), Source.Projects.Select(path => Path.GetFileNameWithoutExtension(path)!).Order());

    [Theory]
    [InlineData("Amnion.Enclave")]
    [InlineData("Amnion.Inference")]
    public void Nothing_inside_the_enclave_references_a_host_project_or_the_web_stack(string project)
    {
        var text = File.ReadAllText(Path.Combine(Source.Root, project, project + ".csproj"));
        Assert.DoesNotContain("Amnion.Host", text, StringComparison.Ordinal);
        Assert.All(Source.Files(project), file => Assert.DoesNotContain("Microsoft.AspNetCore", File.ReadAllText(file), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_project_says_in_one_sentence_what_it_is_for(string project) =>
        Assert.EndsWith(".", XDocument.Load(Path.Combine(Source.Root, project, project + ".csproj")).Descendants("Description").Single().Value, StringComparison.Ordinal);

    [Fact]
    public void Package_versions_stand_in_one_file_only() =>
        Assert.All(
            Directory.EnumerateFiles(SharedData.Repository, "*.csproj", SearchOption.AllDirectories).Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal)),
            path => Assert.DoesNotContain(XDocument.Load(path).Descendants("PackageReference"), reference => reference.Attribute("Version") is not null));
}
