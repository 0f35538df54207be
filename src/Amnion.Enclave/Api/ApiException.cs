namespace Amnion.Enclave.Api;

/// <summary>A request is answered with an error inside the seal.</summary>
sealed class ApiException(ApiError error) : Exception(error.Code)
{
    /// <summary>The answer.</summary>
    public ApiError Error { get; } = error;
}
