using Amnion.Guard.Jose;

namespace Amnion.Guard.Tests.Jose;

static class TestPolicy
{
    /// <summary>Everything that is built, and two names that are not.</summary>
    public static JwePolicy All { get; } = new()
    {
        KeyAlgorithms =
        [
            "dir", "A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW", "RSA-OAEP", "RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW",
            "PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW", "RSA1_5", "none",
        ],
        ContentAlgorithms = ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"],
    };
}
