namespace Amnion.Inference.Grammar;

/// <summary>JSON Schema's string formats that a grammar can hold to. Days are 01 to 31 in every month.</summary>
static class StringFormats
{
    const string Date = """[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])""";
    const string Clock = """([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9]""";
    const string Time = Clock + """ ":" [0-5] [0-9] ("." [0-9]{1,6})? ("Z" | [+-] """ + Clock + ")";
    const string Hex4 = "[0-9a-fA-F]{4}";
    const string Uuid = "[0-9a-fA-F]{8} \"-\" " + Hex4 + " \"-\" " + Hex4 + " \"-\" " + Hex4 + " \"-\" [0-9a-fA-F]{12}";
    const string Octet = """("25" [0-5] | "2" [0-4] [0-9] | "1" [0-9] [0-9] | [1-9]? [0-9])""";
    const string Ipv4 = Octet + " \".\" " + Octet + " \".\" " + Octet + " \".\" " + Octet;

    /// <summary>The format's expression without quotes, or null where it is not known.</summary>
    public static string? Find(string name) => name switch
    {
        "date" => Date,
        "time" => Time,
        "date-time" => Date + " \"T\" " + Time,
        "uuid" => Uuid,
        "ipv4" => Ipv4,
        _ => null,
    };
}
