namespace Amnion.Guard.Pii.Scanning;

/// <summary>Offers every word to the recognisers that can begin with it.</summary>
static class Recognisers
{
    public static void Run(in Scan scan)
    {
        EmailRecogniser.Recognise(scan);
        for (var token = 0; token < scan.Tokens.Length; token++)
        {
            var word = scan.Tokens[token];
            scan.Settings.Identifiers.Recognise(scan, token);
            switch (word.Kind)
            {
                case TokenKind.Digits:
                    PhoneRecogniser.Recognise(scan, token);
                    DateRecogniser.Recognise(scan, token);
                    AgeRecogniser.Recognise(scan, token);
                    StreetRecogniser.AtNumber(scan, token);
                    NetworkRecogniser.Recognise(scan, token);
                    break;
                case TokenKind.Mixed:
                    IbanRecogniser.Recognise(scan, token);
                    CryptoRecogniser.Recognise(scan, token);
                    NetworkRecogniser.Recognise(scan, token);
                    break;
                default:
                    NetworkRecogniser.Recognise(scan, token);
                    DateRecogniser.AtMonth(scan, token);
                    StreetRecogniser.AtWord(scan, token);
                    NameRecogniser.Recognise(scan, token);
                    UrlRecogniser.Recognise(scan, token);
                    break;
            }

            LabelledRecogniser.Recognise(scan, token);
            foreach (var custom in scan.Settings.Custom)
            {
                custom.Recognise(scan, token);
            }
        }
    }
}
