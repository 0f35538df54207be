namespace Amnion.Enclave.Api;

/// <summary>What every part of one answer repeats.</summary>
/// <param name="Exchange">The exchange's identifier (32 hexadecimal digits), the same as in its receipt.</param>
/// <param name="Created">Unix seconds, Evidence time.</param>
/// <param name="Model">The model's name.</param>
sealed record AnswerHead(string Exchange, long Created, string Model);
