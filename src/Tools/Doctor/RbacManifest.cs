using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Tools.Commands;
using CrioCredentialProvider.Tools.Generate;
using CrioCredentialProvider.Tools.NodeFacts;
using CrioCredentialProvider.Tools.Yaml;

namespace CrioCredentialProvider.Tools.Doctor;

/// <summary>The least rights that are needed, as lines for a shell: what <c>generate rbac</c> prints, for <c>kubectl apply</c>.</summary>
internal static class RbacManifest
{
    /// <summary>Lets every kubelet ask for tokens of one audience.</summary>
    /// <param name="audience">As in the provider config.</param>
    /// <param name="withServiceAccounts">For API servers before 1.34.</param>
    public static string[] ForNodes(string audience, bool withServiceAccounts) => Apply(Rbac.ForNodes(audience, withServiceAccounts));

    /// <summary>Lets the pods of one service account read the secrets of their namespace.</summary>
    public static string[] ForNamespace(string ns, string serviceAccount) =>
    [
        .. Apply(Rbac.ForServiceAccount(ns, serviceAccount, [])),
        $"# or only some secrets: crio-credential-provider generate rbac --namespace {ShellWord.Of(ns)} --service-account {ShellWord.Of(serviceAccount)} --secret NAME",
    ];

    private static string[] Apply(string manifest) => ["kubectl apply -f - <<'EOF'", .. manifest.TrimEnd('\n').Split('\n'), "EOF"];
}
