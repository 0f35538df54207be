using Amnion.Guard.Pii.Validators;

namespace Amnion.Guard.Pii.Scanning;

/// <summary>Addresses of Bitcoin (Base58Check, Bech32, Bech32m) and Ethereum (by form alone).</summary>
static class CryptoRecogniser
{
    const int EthereumLength = 42;

    public static void Recognise(in Scan scan, int token)
    {
        var word = scan.Tokens[token];
        if (word.Length is < 26 or > 74)
        {
            return;
        }

        var text = scan.Word(token);
        var span = new TextSpan(word.Start, word.Length);
        if ((text[0] is '1' or '3' && CryptoAddresses.IsBase58Check(text)) || (text[0] is 'b' or 'B' or 't' or 'T' && CryptoAddresses.IsBech32(text)))
        {
            scan.Propose(PiiTypes.BitcoinAddress, token, token, span, 0.97f, 0.99f, true);
        }
        else if (word.Length == EthereumLength && text[0] == '0' && text[1] is 'x' or 'X' && text[2..].IndexOfAnyExcept(s_hex) < 0)
        {
            scan.Propose(PiiTypes.EthereumAddress, token, token, span, 0.7f, 0.95f, false);
        }
    }

    static readonly System.Buffers.SearchValues<char> s_hex = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");
}
