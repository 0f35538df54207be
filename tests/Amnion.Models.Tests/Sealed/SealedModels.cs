using System.Security.Cryptography;
using Amnion.Models.Gguf;
using Amnion.Models.Sealed;
using Amnion.Sealing;

namespace Amnion.Models.Tests.Sealed;

/// <summary>A model of four segments, sealed with two small files beside it.</summary>
sealed class SealedModels : IDisposable
{
    public TempFolder Folder { get; } = new();

    public ECDsa Signer { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SecretBytes DataKey { get; } = SecretBytes.Random(32);

    public string Weights { get; }

    public SealedModels() => Weights = Folder.Write("tiny.gguf", TestModels.Bytes(new RandomModelShape { Layers = 1, Embedding = 128, Vocabulary = 12_000, FeedForward = 256 }));

    public ModelSealRequest Request(string destination) => new()
    {
        Weights = Weights,
        Destination = Folder[destination],
        DataKey = DataKey,
        KeyId = "tiny",
        Signer = Signer,
    };

    public ModelSealRequest RequestWithOthers(string destination)
    {
        var request = Request(destination);
        return request with
        {
            OtherFiles = request.OtherFiles
                .Add("LICENSE", Folder.Write("a.txt", [1, 2, 3]))
                .Add("docs/card.md", Folder.Write("b.txt", [4, 5, 6])),
        };
    }

    public SealedModelPackage Seal(string destination = "sealed")
    {
        ModelSealer.Seal(RequestWithOthers(destination));
        return SealedModelPackage.Open(Folder[destination]);
    }

    public ModelVerification Verify(string destination = "sealed") => ModelVerifier.VerifyFull(SealedModelPackage.Open(Folder[destination]), Signer, DataKey);

    public void Dispose()
    {
        Folder.Dispose();
        Signer.Dispose();
        DataKey.Dispose();
    }
}
