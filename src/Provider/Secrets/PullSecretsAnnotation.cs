// SPDX-License-Identifier: Apache-2.0
namespace CrioCredentialProvider.Secrets;

/// <summary>
/// The service account's annotation that names the pull secrets to read, so that a Role can grant <c>get</c> on those
/// alone. The kubelet passes it if its config lists it in <c>optionalServiceAccountAnnotationKeys</c>.
/// </summary>
internal static class PullSecretsAnnotation
{
    public const string Key = "crio-credential-provider/pull-secrets";

    /// <returns>Null without the annotation.</returns>
    public static PullSecretNames? Find(IReadOnlyDictionary<string, string> annotations) =>
        annotations.TryGetValue(Key, out var value)
            ? PullSecretNames.From(
                value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                $"annotation {Key}"
            )
            : null;
}
