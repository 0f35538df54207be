using Amnion.Attestation;
using Amnion.Cli.Deployment;

namespace Amnion.Cli.Demo;

/// <summary>The demo's sealed model and the policy that follows from it.</summary>
sealed record SealedDemoModel(DeployedModel Deployed, AppraisalPolicy Policy);
