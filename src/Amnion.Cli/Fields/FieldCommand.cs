using System.CommandLine;
using System.Text;
using Amnion.Cli.Commands;
using Amnion.Guard.Fields;
using Amnion.Guard.Tokens;

namespace Amnion.Cli.Fields;

/// <summary>`amnion field encrypt|decrypt|tokenize`: fields of JSON documents and single values, with a tenant's key. docs/specs/guard-fields.md.</summary>
static class FieldCommand
{
    static readonly Option<string> s_key = new("--key") { Description = "The tenant's key: a file with 32 bytes in hexadecimal or base64, or - for stdin", HelpName = "FILE", Required = true };
    static readonly Option<string> s_tenant = new("--tenant") { Description = "Whose key it is", HelpName = "NAME", Required = true };
    static readonly Option<int> s_version = new("--key-version") { Description = "Which of the tenant's keys it is (default: 1)", HelpName = "N", DefaultValueFactory = _ => 1 };

    public static Command Create() => new("field", "Encrypt, decrypt and tokenise fields of JSON documents")
    {
        Document("encrypt", "Seal a JSON document: every field as the policy says", Encrypt),
        Document("decrypt", "Open a sealed document", Decrypt),
        Tokenize(),
    };

    static Command Document(string name, string description, Func<FieldProtector, byte[], string, byte[]> run)
    {
        var file = new Argument<string>("FILE") { Description = "The document (default: stdin)", DefaultValueFactory = _ => "-" };
        var policy = new Option<string>("--policy") { Description = "Field policy, amnion/field-policy/1", HelpName = "FILE", Required = true };
        var id = new Option<string>("--id") { Description = "What the document is called where it is kept; it opens under no other name", HelpName = "ID", Required = true };
        return new Command(name, description) { Arguments = { file }, Options = { s_key, s_tenant, s_version, policy, id } }.Runs((parsed, output, _) =>
        {
            var rules = FieldPolicy.Parse(BoundedFile.Read(parsed.GetValue(policy)!, FieldLimits.MaxPolicyLength));
            var (key, text) = FieldInput.Read(parsed.GetValue(s_key)!, parsed.GetValue(s_tenant)!, parsed.GetValue(s_version), parsed.GetValue(file)!, FieldLimits.MaxSealedLength);
            using (key)
            {
                using var protector = new FieldProtector(key, rules);
                output.Document(Encoding.UTF8.GetString(run(protector, text, DocumentId(parsed.GetValue(id)!))));
            }

            return Task.FromResult(ExitCode.Accepted);
        });
    }

    static byte[] Encrypt(FieldProtector protector, byte[] text, string id) => protector.Seal(text, id);

    static byte[] Decrypt(FieldProtector protector, byte[] text, string id) => protector.TryOpen(text, id, out var document)
        ? document
        : throw new CliException(ExitCode.Rejected, "the document does not open", "key, key version, tenant, policy and --id must be those it was sealed with, and no signed byte of it may have changed", FieldCodes.NotOpened);

    static Command Tokenize()
    {
        var file = new Argument<string>("FILE") { Description = "Values, one on a line (default: stdin)", DefaultValueFactory = _ => "-" };
        var field = new Option<string>("--field") { Description = "What kind of value it is; another field has other tokens", HelpName = "NAME", Required = true };
        var context = new Option<string?>("--context") { Description = "What else format-preserving tokens belong to", HelpName = "TEXT" };
        var alphabet = new Option<string?>("--alphabet") { Description = "Make tokens of the values' own shape: digits, lower-hex, upper-letters, upper-alphanumerics, alphanumerics, or = and the characters (default: deterministic tokens)", HelpName = "NAME" };
        var separators = new Option<string?>("--separators") { Description = "Characters that stay where they are", HelpName = "CHARACTERS" };
        var first = new Option<int>("--keep-first") { Description = "Characters that stay at the start", HelpName = "N" };
        var last = new Option<int>("--keep-last") { Description = "Characters that stay at the end", HelpName = "N" };
        var luhn = new Option<CheckDigit>("--luhn") { Description = "Whether tokens pass the check digit's test, as cards do: preserve or break", HelpName = "HOW" };
        var restore = new Option<bool>("--restore") { Description = "The lines are tokens; print their values" };
        return new Command("tokenize", "Replace values by tokens, or tokens by their values")
        {
            Arguments = { file },
            Options = { s_key, s_tenant, s_version, field, context, alphabet, separators, first, last, luhn, restore },
        }.Runs((parsed, output, _) =>
        {
            try
            {
                var shape = parsed.GetValue(alphabet) is not { } name ? null : new TokenShape
                {
                    Alphabet = TokenAlphabet.Find(name) ?? throw new CliException(ExitCode.Malformed, $"the alphabet \"{name}\" is not known", "amnion field tokenize --help lists them; = and the characters makes one", FieldCodes.UnfitToken),
                    Separators = parsed.GetValue(separators) ?? "",
                    KeepFirst = parsed.GetValue(first),
                    KeepLast = parsed.GetValue(last),
                    CheckDigit = parsed.GetValue(luhn),
                };
                var options = new TokenLinesOptions { Field = parsed.GetValue(field)!, Context = parsed.GetValue(context) ?? "", Shape = shape, Restore = parsed.GetValue(restore) };
                var (key, text) = FieldInput.Read(parsed.GetValue(s_key)!, parsed.GetValue(s_tenant)!, parsed.GetValue(s_version), parsed.GetValue(file)!, TokenLines.MaxLength);
                using (key)
                {
                    output.Document(TokenLines.Run(key, options, text));
                }

                return Task.FromResult(ExitCode.Accepted);
            }
            catch (ArgumentException e)
            {
                throw new CliException(ExitCode.Malformed, CommandFrame.Lower(e.Message.Split(" (Parameter")[0]), "amnion field tokenize --help lists what a shape may be", FieldCodes.UnfitToken, e);
            }
        });
    }

    static string DocumentId(string id) => Encoding.UTF8.GetByteCount(id) is > 0 and <= FieldLimits.MaxDocumentIdLength
        ? id
        : throw new CliException(ExitCode.Malformed, $"--id is 1 to {FieldLimits.MaxDocumentIdLength} bytes", "name the document as it is called where it is kept", FieldCodes.MalformedDocument);
}
