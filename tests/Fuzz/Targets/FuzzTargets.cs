// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Fuzz.Targets;

/// <summary>Something that must cope with any bytes.</summary>
/// <param name="Name">As in <c>corpus/NAME</c> and <c>regressions/NAME</c>.</param>
/// <param name="Run">Returns when the program kept its promises for these bytes; throws otherwise.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Run);

internal static class FuzzTargets
{
    public static readonly IReadOnlyList<FuzzTarget> All =
    [
        new("request", RequestTarget.Run),
        new("token", TokenTarget.Run),
        new("registries-conf", RegistriesConfTarget.Run),
        new("docker-config", DockerConfigTarget.Run),
        new("kubeconfig", KubeconfigTarget.Run),
        new("api-answer", ApiAnswerTarget.Run),
        new("env-file", EnvFileTarget.Run),
    ];
}
