using System.Text.Json;

namespace Amnion.Enclave.Api;

/// <summary>Members that every generating endpoint of OpenAI has and that mean the same everywhere.</summary>
static class CommonParameters
{
    public static void Check(ApiObject request)
    {
        // Labels for the operator's accounting: they say nothing about the answer and never leave the enclave.
        request.Accept("user", "safety_identifier", "prompt_cache_key", "metadata");
        request.OnlyOne("n");
        request.OnlyText("service_tier", "auto", "default");

        // Nothing is stored here: what asks for storage is refused, what declines it is fine.
        request.OnlyFalse("store");
        request.Only("logit_bias", static value => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(), "is not supported (only empty)");
    }
}
