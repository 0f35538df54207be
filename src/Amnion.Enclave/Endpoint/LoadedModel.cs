using Amnion.Models.Chat;

namespace Amnion.Enclave.Endpoint;

/// <summary>The model that answers.</summary>
/// <param name="Name">Its name in the API.</param>
/// <param name="Template">How conversations become prompts, or null where the model has no chat template.</param>
/// <param name="MaxTokens">Most tokens of one answer (engine configuration).</param>
/// <param name="Engines">The engines, one for each tenant.</param>
sealed record LoadedModel(string Name, ChatTemplate? Template, int MaxTokens, ITenantEngines Engines);
