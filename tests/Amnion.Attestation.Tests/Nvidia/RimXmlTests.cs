using System.Diagnostics;
using System.Text;
using Amnion.Attestation.Nvidia;
using Amnion.Testing;

namespace Amnion.Attestation.Tests.Nvidia;

/// <summary>The narrow XML and its canonical form.</summary>
public sealed class RimXmlTests
{
    static string Canonical(string xml) => Encoding.UTF8.GetString(RimCanonicalizer.Write(RimXmlReader.Read(Encoding.UTF8.GetBytes(xml))));

    [Theory]
    [InlineData("<a/>", "<a></a>")]
    [InlineData("<?xml version=\"1.0\"?>\n<a   b = 'c'  />\n", "<a b=\"c\"></a>")]
    [InlineData("<a z=\"1\" a=\"2\"/>", "<a a=\"2\" z=\"1\"></a>")]
    [InlineData("<a xmlns:b='u:b' xmlns:a='u:z' a:x='1' b:x='2' x='3'/>", "<a xmlns:a=\"u:z\" xmlns:b=\"u:b\" x=\"3\" b:x=\"2\" a:x=\"1\"></a>")]
    [InlineData("<a xmlns='u:1'><b xmlns='u:1'/><b xmlns=''/><c xmlns='u:2'/></a>", "<a xmlns=\"u:1\"><b></b><b xmlns=\"\"></b><c xmlns=\"u:2\"></c></a>")]
    [InlineData("<a xmlns:p='u:1'><p:b xmlns:p='u:2'><p:c xmlns:p='u:1'/></p:b></a>", "<a xmlns:p=\"u:1\"><p:b xmlns:p=\"u:2\"><p:c xmlns:p=\"u:1\"></p:c></p:b></a>")]
    [InlineData("<a>&lt;&gt;&amp;&quot;&apos;&#xD;\r\n\t</a>", "<a>&lt;&gt;&amp;\"'&#xD;\n\t</a>")]
    [InlineData("<a b=\"&lt;>&amp;&quot;'&#xD;&#xA;&#x9;\tx\ny\"/>", "<a b=\"&lt;>&amp;&quot;'&#xD;&#xA;&#x9; x y\"></a>")]
    public void Writes_the_canonical_form(string xml, string expected) => Assert.Equal(expected, Canonical(xml));

    [Fact]
    public void Shows_the_namespaces_of_ancestors_at_the_tag_of_a_part()
    {
        var root = RimXmlReader.Read("<a xmlns='u:1' xmlns:p='u:2'><b xmlns:q='u:3'><c p:x='1'/></b></a>"u8);
        var part = root.Elements.Single().Elements.Single();
        Assert.Equal("<c xmlns=\"u:1\" xmlns:p=\"u:2\" xmlns:q=\"u:3\" p:x=\"1\"></c>", Encoding.UTF8.GetString(RimCanonicalizer.Write(part)));
    }

    [Fact]
    public void Leaves_out_the_part_that_is_not_signed()
    {
        var root = RimXmlReader.Read("<a>1<b>2</b>3</a>"u8);
        Assert.Equal("<a>13</a>", Encoding.UTF8.GetString(RimCanonicalizer.Write(root, root.Elements.Single())));
    }

    [Theory]
    [InlineData("<!DOCTYPE a><a/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>")]
    [InlineData("<a>&e;</a>")]
    [InlineData("<a><!-- --></a>")]
    [InlineData("<!-- --><a/>")]
    [InlineData("<a><?p x?></a>")]
    [InlineData("<?p x?><a/>")]
    [InlineData("<a><![CDATA[x]]></a>")]
    [InlineData("<a xml:lang='en'/>")]
    [InlineData("<a xml:id='en'/>")]
    [InlineData("<a xmlns='relative'/>")]
    [InlineData("<a xmlns:p='relative'/>")]
    [InlineData("<a xmlns:xml='http://www.w3.org/XML/1998/namespace'/>")]
    [InlineData("<?xml version='1.0' encoding='UTF-16'?><a/>")]
    [InlineData("<?xml version='1.1'?><a/>")]
    [InlineData("<a>é</a>")]
    [InlineData("<a b='1' b='2'/>")]
    [InlineData("<a xmlns:p='u:1' xmlns:q='u:1' p:b='1' q:b='2'/>")]
    [InlineData("<a/><b/>")]
    [InlineData("<a/>text")]
    [InlineData("<a></b>")]
    [InlineData("<a")]
    [InlineData("<p:a/>")]
    [InlineData("")]
    public void Refuses_everything_else(string xml)
    {
        var exception = Assert.Throws<NvidiaFormatException>(() => RimXmlReader.Read(Encoding.UTF8.GetBytes(xml)));
        Assert.Equal(NvidiaCodes.RimMalformed, exception.Code);
    }

    [Fact]
    public void Refuses_deep_nesting() =>
        Assert.Throws<NvidiaFormatException>(() => RimXmlReader.Read(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<a>", 17)) + string.Concat(Enumerable.Repeat("</a>", 17)))));

    [Fact]
    public void Refuses_too_many_elements() => Assert.Throws<NvidiaFormatException>(() => RimXmlReader.Read(Encoding.ASCII.GetBytes("<a>" + string.Concat(Enumerable.Repeat("<b/>", 1024)) + "</a>")));

    [Fact]
    public void Refuses_too_many_attributes() => Assert.Throws<NvidiaFormatException>(() => RimXmlReader.Read(Encoding.ASCII.GetBytes("<a " + string.Join(' ', Enumerable.Range(0, 81).Select(i => $"b{i}=''")) + "/>")));

    [Fact]
    public void Refuses_a_long_document() => Assert.Throws<NvidiaFormatException>(() => RimXmlReader.Read(new byte[RimXmlReader.MaxLength + 1]));

    [Fact]
    public void Agrees_with_xmllint_on_every_published_manifest_and_on_our_own()
    {
        const string xmllint = "/usr/bin/xmllint";
        if (!File.Exists(xmllint))
        {
            Assert.Skip("xmllint (Debian package libxml2-utils) is not installed.");
        }

        var folder = SharedData.Folder(NitroVectors.Folder);
        var files = Directory.EnumerateFiles(Path.Combine(folder, "nvidia"), "*.xml", SearchOption.AllDirectories).Select(File.ReadAllBytes).Append(RimSpec.Driver().Make(new NvidiaPki())).ToList();
        Assert.InRange(files.Count, 5, int.MaxValue);
        foreach (var xml in files)
        {
            Assert.Equal(Run(xmllint, xml), RimCanonicalizer.Write(RimXmlReader.Read(xml)));
        }
    }

    static byte[] Run(string program, byte[] input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["--c14n11", "--nonet", "-"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}
