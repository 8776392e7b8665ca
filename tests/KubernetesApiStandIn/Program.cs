// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using KubernetesApiStandIn;

// For the demo and the documents:
//   KubernetesApiStandIn --directory DIR [--manifest FILE] [--port N] [--audience AUDIENCE]
// Writes DIR/ca.crt, DIR/token-default and DIR/token-team-b, prints its port when it is ready, and exits when stdin is
// closed. Lines on stdin change the cluster; each of them is answered with "ok":
//   secret JSON                                    creates or replaces a secret
//   no-secret NAMESPACE NAME                       deletes a secret
//   role NAMESPACE SERVICE-ACCOUNT [SECRET]        permits it to list the namespace's secrets, or to get SECRET
//   service-account NAMESPACE NAME [SECRET...]     creates or replaces a service account with these imagePullSecrets
//   self-role NAMESPACE SERVICE-ACCOUNT            permits it to get itself
//   pod JSON, event JSON                           creates or replaces a pod, adds an event
//   editor FILE NAMESPACE USER                     writes a token of a user with the built-in role "edit" to FILE
//   token FILE NAMESPACE SERVICE-ACCOUNT [AUDIENCE]  writes a new token to FILE, bound to a pod like the kubelet's
//   unbound-token FILE NAMESPACE SERVICE-ACCOUNT [AUDIENCE]  writes a token like that of kubectl create token
string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

var directory = Option("--directory") ?? throw new ArgumentException("--directory is missing");
var authority = new Authority();
using var server = new ApiServer(
    authority.Issue(["kubernetes", "kubernetes.default", ApiServerNames.Internal, "10.96.0.1"]),
    int.Parse(Option("--port") ?? "0", CultureInfo.InvariantCulture)
)
{
    Audience = Option("--audience") ?? Token.Audience,
};
File.WriteAllText(Path.Combine(directory, "ca.crt"), authority.Pem);
File.WriteAllText(Path.Combine(directory, "token-default"), server.Issue("default"));

// team-b has no Role, so its token may not list team-b's secrets.
File.WriteAllText(Path.Combine(directory, "token-team-b"), server.Issue("team-b"));
server.Allow("default", "default", "default");
if (Option("--manifest") is { } manifest)
{
    server.Add(File.ReadAllText(manifest));
}

Console.WriteLine(server.Port);
while (Console.In.ReadLine() is { } line)
{
    var space = line.IndexOf(' ', StringComparison.Ordinal);
    var rest = line[(space + 1)..];
    switch (line[..space], rest.Split(' '))
    {
        case ("secret", _):
            server.Add(rest);
            break;
        case ("pod", _):
            server.AddPod(rest);
            break;
        case ("event", _):
            server.AddEvent(rest);
            break;
        case ("editor", [var file, var ns, var user]):
            File.WriteAllText(file, server.Issue(ApiUser.Editor(user, ns)));
            break;
        case ("no-secret", [var ns, var name]):
            server.Remove(ns, name);
            break;
        case ("role", [var ns, var serviceAccount]):
            server.Allow(ns, serviceAccount, ns);
            break;
        case ("role", [var ns, var serviceAccount, var secret]):
            server.AllowGet(ns, serviceAccount, ns, secret);
            break;
        case ("service-account", [var ns, var name, .. var imagePullSecrets]):
            server.AddServiceAccount(ns, name, imagePullSecrets);
            break;
        case ("self-role", [var ns, var serviceAccount]):
            server.AllowGetSelf(ns, serviceAccount);
            break;
        case ("token" or "unbound-token", [var file, var ns, var serviceAccount, .. var audience]):
            File.WriteAllText(
                file,
                server.Issue(
                    ns,
                    serviceAccount,
                    audience.Length > 0 ? audience[0] : null,
                    line.StartsWith("token", StringComparison.Ordinal)
                )
            );
            break;
        default:
            throw new ArgumentException($"unknown line: {line}");
    }

    Console.WriteLine("ok");
}

internal static class ApiServerNames
{
    public const string Internal = "kubernetes.default.svc";
}
