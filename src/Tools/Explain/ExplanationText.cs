// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Secrets;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>An <see cref="Explanation"/> as text. The format may change; programs use the JSON.</summary>
internal sealed class ExplanationText
{
    private readonly ExplanationPage page;

    private ExplanationText(ExplanationPage page) => this.page = page;

    public static string Of(Explanation explanation, TextStyle style)
    {
        var page = new ExplanationPage(explanation, style);
        var text = new ExplanationText(page);
        text.AppendHead();
        new RouteLines(page).Append();
        new KeyLines(page).Append();
        text.AppendNotices();
        text.AppendEnd();
        text.AppendPullRecord();
        return page.Text.ToString();
    }

    private void AppendHead()
    {
        var image = page.Explanation.Image;
        page.Label("image", page.Style.Strong(image.Given));
        if (page.Explanation.Input.RequestedImage is null)
        {
            page.Label("", $"{image.Name}{Detail("tag", image.Tag)}{Detail("digest", image.Digest)}");
        }

        if (page.Explanation.ShortNameRemark is { } remark)
        {
            page.Label("", remark);
        }

        var input = page.Explanation.Input;
        var files = string.Join(", ", input.Files.Select(InputReader.Name));
        page.Label("namespace", input.Namespace is null ? "unknown" : page.Style.Strong(input.Namespace) + Pod());
        page.Label(
            "secrets",
            input.Kind == "secrets" ? $"from {files}"
                : page.Explanation.Listing?.Server.Host is { } server
                    ? $"from API server {server}, with "
                        + (input.Kubeconfig is null ? "the token of " : "a token that was requested by kubeconfig ")
                        + files
                : input.Kind == "none" ? "none: not asked for"
                : input.Token is null ? "none: the request has no token"
                : "not asked for"
        );
        if (page.Explanation.Listing is { Names: { } names } listing)
        {
            var who =
                listing.Selection == SecretSelection.Annotation
                    ? $"annotation {PullSecretsAnnotation.Key}"
                    : $"imagePullSecrets of service account \"{input.Identity!.ServiceAccount}\"";
            page.Label(
                "",
                $"only those that the {who} names: {(names.Count == 0 ? "none" : string.Join(", ", names))}"
            );
        }

        page.Label(
            "mirrors",
            !page.Explanation.Conf.Found ? $"{page.Explanation.Conf.MainPath} does not exist, and there are no drop-ins"
                : page.Explanation.Routes[0].Route.Entry is { } entry
                    ? $"{entry.Origin} decides{Of(page.Explanation.Routes[0])}: prefix \"{entry.Prefix}\""
                : page.Explanation.Conf.MainFound
                    ? $"no entry of {page.Explanation.Conf.MainPath} and its drop-ins is for this image"
                : $"there is no \"{page.Explanation.Conf.MainPath}\", and no entry of the drop-ins is for this image"
        );

        page.Label(
            "read",
            page.Explanation.Conf.FilesRead.Count == 0
                ? "no registries.conf and no drop-in"
                : string.Join(", ", page.Explanation.Conf.FilesRead.Select(OneLine.Of))
        );

        static string Detail(string what, string? value) => value is null ? "" : $", {what} {value}";
        string Of(ExplainedRoute route) => route.Route.Image == image.Name ? "" : $" for {route.Route.Image}";
        string Pod() =>
            (input.Identity?.ServiceAccount, input.Identity?.Pod) switch
            {
                (null, _) => "",
                ({ } account, null) => $", service account \"{account}\", no pod",
                ({ } account, { } pod) => $", service account \"{account}\", pod \"{pod}\"",
            };
    }

    private void AppendNotices()
    {
        if (page.Explanation.Notices.Count == 0)
        {
            return;
        }

        page.Head("Warnings:");
        foreach (var notice in page.Explanation.Notices.Take(ExplanationPage.MaximumLines))
        {
            page.Text.Append("  ").Append(page.Style.Doubtful($"{notice.Message} [{notice.Reason.Id}]")).Append('\n');
        }

        if (page.Explanation.Notices.Count > ExplanationPage.MaximumLines)
        {
            page.Text.Append($"  and {page.Explanation.Notices.Count - ExplanationPage.MaximumLines} more\n");
        }
    }

    private void AppendEnd()
    {
        if (page.Explanation.IsRoutingOnly)
        {
            page.Head("No secrets were read. To see which of a namespace's keys are used:");
            var image = ShellWord.Of(page.Explanation.Image.Given);
            page.Text.Append(
                    $"  kubectl create token -n NAMESPACE default | {BuildInfo.Program} explain {image} --token-file "
                        + "-\n"
                )
                .Append(
                    $"  kubectl get secrets -n NAMESPACE -o yaml | {BuildInfo.Program} explain {image} --secrets -\n"
                );
            return;
        }

        if (page.Explanation.WhyNothing is { } reason)
        {
            page.Head($"{page.Style.Bad("No file would be written")}: {reason.Title} [{reason.Id}]");
            return;
        }

        page.Head($"{page.Style.Good("Would write")} {page.Explanation.AuthFile}, with");
        foreach (var (key, origin, isHelper) in page.Explanation.Entries.Take(ExplanationPage.MaximumLines))
        {
            page.Text.Append(
                    $"  {(isHelper ? "helper of " : "")}"
                        + $"{Explanation.PrintableKey(key) ?? "a key that names no registry"}  "
                )
                .Append(
                    page.Style.Faint(origin.SecretName is { } secret ? $"from secret \"{secret}\"" : "from the node")
                )
                .Append('\n');
        }

        if (page.Explanation.Entries.Count > ExplanationPage.MaximumLines)
        {
            page.Text.Append($"  and {page.Explanation.Entries.Count - ExplanationPage.MaximumLines} more\n");
        }
    }

    /// <summary>Printed only if the kubelet keeps pull records.</summary>
    private void AppendPullRecord()
    {
        if (page.Explanation.PullRecord is { IsKept: true } record)
        {
            page.Head(record.Text(page.Explanation.Input));
        }
    }
}
