using System.Text.Json;
using Amnion.Enclave.Api;

namespace Amnion.Enclave.Endpoint;

/// <summary>GET /v1/models and GET /v1/models/{id}.</summary>
static class ModelsEndpoint
{
    const string List = "/v1/models";

    public static void Write(string method, string path, AnswerHead head, AnswerBuffer buffer)
    {
        if (!path.StartsWith(List, StringComparison.Ordinal) || (path.Length > List.Length && path[List.Length] != '/'))
        {
            throw new ApiException(path is "/v1/chat/completions" or "/v1/completions" or "/v1/embeddings" or "/v1/responses" ? ApiError.MethodNotAllowed : ApiError.NotFound);
        }

        if (method != "GET")
        {
            throw new ApiException(ApiError.MethodNotAllowed);
        }

        using var json = new Utf8JsonWriter(buffer, ApiJson.Options);
        if (path.Length == List.Length)
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "list"u8);
            json.WriteStartArray("data"u8);
            WriteModel(json, head);
            json.WriteEndArray();
            json.WriteEndObject();
            return;
        }

        if (Uri.UnescapeDataString(path[(List.Length + 1)..]) != head.Model)
        {
            throw new ApiException(ApiError.ModelNotFound);
        }

        WriteModel(json, head);
    }

    static void WriteModel(Utf8JsonWriter json, AnswerHead head)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, head.Model);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, head.Created);
        json.WriteString("owned_by"u8, "amnion"u8);
        json.WriteEndObject();
    }
}
