using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Amnion.Cli.Commands;
using Amnion.Cli.Terminal;
using Amnion.Guard.Evaluation;
using Amnion.Guard.Packs;
using Amnion.Guard.Pipeline;

namespace Amnion.Cli.GuardCommands;

/// <summary>`amnion guard eval FILE…`: the attacks that a policy's pack finds in labelled texts, signatures and classifier over every view together, file by file and family by family.</summary>
static class GuardEvalCommand
{
    const int MaxFileBytes = 256 * 1024 * 1024;

    public static Command Create()
    {
        var files = new Argument<string[]>("FILE") { Description = "Labelled texts, one JSON object a line: text, label (1 or 0), channel, kind", Arity = ArgumentArity.OneOrMore };
        var share = new Option<double?>("--fpr") { Description = "Share of false positives to calibrate the threshold to, 0 to 1; needs --calibrate", HelpName = "SHARE" };
        var calibrate = new Option<string[]>("--calibrate") { Description = "Files whose benign rows the threshold is calibrated on; not those evaluated", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var options = new PackOptions();
        var command = new Command("eval", "Count the attacks that a guard policy finds in labelled texts")
        {
            Arguments = { files },
            Options = { share, calibrate },
        };
        options.AddTo(command);
        return command.Runs((parsed, output, _) =>
        {
            var (pack, session) = options.Begin(parsed);
            using (session)
            {
                var threshold = Threshold(parsed.GetValue(share), parsed.GetValue(calibrate) ?? [], Score, pack);
                Write(output, threshold, GuardEvaluation.Run(Read(parsed.GetValue(files)!), Score, threshold));
                return Task.FromResult(ExitCode.Accepted);
            }

            double Score(EvaluationRow row) => session.AttackScore(new GuardedText(row.Channel, row.Text));
        });
    }

    static double Threshold(double? share, string[] files, Func<EvaluationRow, double> score, GuardPack pack)
    {
        if (share is null && files.Length == 0)
        {
            return pack.Attacks is { } attacks ? attacks.Score / 100.0 : GuardEvaluation.DefaultThreshold;
        }

        if (share is not (>= 0 and <= 1) || files.Length == 0)
        {
            throw new CliException(ExitCode.Malformed, "--fpr takes a share from 0 to 1 and --calibrate the files it is measured on; each needs the other", "amnion guard eval FILE --fpr 0.01 --calibrate BENIGN");
        }

        var rows = Read(files);
        if (rows.All(file => file.Rows.All(row => row.Positive)))
        {
            throw new CliException(ExitCode.Malformed, "the files to calibrate on have no benign rows", "name files with rows of label 0");
        }

        return GuardEvaluation.Calibrate(rows, score, share.Value);
    }

    static List<EvaluationFile> Read(IEnumerable<string> paths) => [.. paths.Select(path => new EvaluationFile(Path.GetFileName(path), EvaluationRowReader.Read(BoundedFile.Read(path, MaxFileBytes))))];

    static void Write(Output output, double threshold, IReadOnlyList<FileReport> reports)
    {
        if (output.Json)
        {
            output.Object(json => WriteJson(json, threshold, reports));
            return;
        }

        output.Line($"  threshold {threshold.ToString("0.0000", CultureInfo.InvariantCulture)}; shares with 95 % Wilson intervals");
        foreach (var report in reports)
        {
            output.Line($"  {report.File}");
            WriteLine(output, "all", report.All);
            foreach (var family in report.Families.Where(family => family.Family.Length > 0))
            {
                WriteLine(output, family.Family, family);
            }
        }
    }

    static void WriteLine(Output output, string name, FamilyReport report) =>
        output.Line($"    {name,-36} recall {Show(report.Found),-34} precision {Show(report.Precision),-34} false positives {Show(report.FalsePositives)}".TrimEnd());

    static string Show(WilsonInterval share) =>
        share.Trials == 0 ? "-" : string.Create(CultureInfo.InvariantCulture, $"{share.Hits}/{share.Trials} {share.Share:0.000} [{share.Low:0.000}, {share.High:0.000}]");

    static void WriteJson(Utf8JsonWriter json, double threshold, IReadOnlyList<FileReport> reports)
    {
        json.WriteStartObject();
        if (double.IsFinite(threshold))
        {
            json.WriteNumber("threshold", threshold);
        }
        else
        {
            json.WriteNull("threshold"); // everything is found
        }

        json.WriteStartArray("files");
        foreach (var report in reports)
        {
            json.WriteStartObject();
            json.WriteString("file", report.File);
            WriteCounts(json, report.All);
            json.WriteStartArray("families");
            foreach (var family in report.Families)
            {
                json.WriteStartObject();
                json.WriteString("family", family.Family);
                WriteCounts(json, family);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteCounts(Utf8JsonWriter json, FamilyReport report)
    {
        WriteShare(json, "recall", report.Found);
        WriteShare(json, "precision", report.Precision);
        WriteShare(json, "falsePositives", report.FalsePositives);
    }

    static void WriteShare(Utf8JsonWriter json, string name, WilsonInterval share)
    {
        json.WriteStartObject(name);
        json.WriteNumber("hits", share.Hits);
        json.WriteNumber("trials", share.Trials);
        json.WriteNumber("share", share.Share);
        json.WriteNumber("low", share.Low);
        json.WriteNumber("high", share.High);
        json.WriteEndObject();
    }
}
