using Amnion.Attestation.Certificates;

namespace Amnion.Attestation.SevSnp;

/// <summary>What AMD's chains have beyond RFC 5280: exactly three certificates with fixed names, all of one product line. AMD 57230.</summary>
static class SnpChainRules
{
    const string Vlek = "SEV-VLEK-";
    const string Vcek = "SEV-";
    const string Root = "ARK-";

    public static void Check(SnpReport report, SnpEndorsementKey key, List<Certificate> path, CheckList checks)
    {
        var root = DistinguishedName.CommonName(path[0].Subject) ?? string.Empty;
        var authority = path.Count == 3 ? DistinguishedName.CommonName(path[1].Subject) ?? string.Empty : string.Empty;
        var prefix = key.IsVlek ? Vlek : Vcek;
        var ofRoot = ProductBehind(Root, root);
        var ofAuthority = ProductBehind(prefix, authority);
        var shape = path.Count == 3 && ofRoot is not null && ofAuthority is not null;
        checks.Add(SnpRules.ChainShape, shape, $"ARK-<product>, {prefix}<product>, endorsement key", string.Join(", ", path.Select(Name)));
        CheckProduct(report, key, path[0], ofRoot, ofAuthority, checks);
    }

    static void CheckProduct(SnpReport report, SnpEndorsementKey key, Certificate root, SnpProduct? ofRoot, SnpProduct? ofAuthority, CheckList checks)
    {
        var pinned = SnpRoots.ProductOf(root.KeyDigest);
        var named = key.Product;
        var found = new List<(string Where, SnpProduct? Product)> { ("certificate", named), ("ASK", ofAuthority), ("ARK", ofRoot) };
        if (report.Version >= 3)
        {
            found.Add(("processor", report.Product));
        }

        if (pinned is not null)
        {
            found.Add(("pinned root", pinned));
        }

        var problems = found.Where(item => item.Product is null || item.Product != named).Select(item => $"{item.Where}: {Text(item.Product)}").ToList();
        checks.Add(SnpRules.Product, problems, named is { } product ? SnpProducts.Name(product) + " everywhere" : "a known product line");
        if (report.Version < 3)
        {
            // Versions before 3 ended before Turin: a certificate that says so would have the TCB read with another layout than the report's.
            checks.Add(SnpRules.UndeclaredProduct, named is SnpProduct.Milan or SnpProduct.Genoa, "Milan or Genoa", Text(named));
        }
    }

    static SnpProduct? ProductBehind(string prefix, string name) => name.StartsWith(prefix, StringComparison.Ordinal) ? SnpProducts.Parse(name[prefix.Length..]) : null;

    static string Text(SnpProduct? product) => product is { } known ? SnpProducts.Name(known) : "unknown";

    static string Name(Certificate certificate) => DistinguishedName.CommonName(certificate.Subject) ?? "no common name";
}
