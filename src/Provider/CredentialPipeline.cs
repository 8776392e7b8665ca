// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Response;

namespace CrioCredentialProvider;

/// <summary>
/// The story: from the kubelet's request to CRI-O's auth file. Each step takes values and returns what it decided. This
/// is the one place that knows their order.
/// </summary>
internal sealed class CredentialPipeline(Node node, Settings settings, RunJournal journal)
{
    /// <summary>
    /// Runs all steps. Expected failures and defects alike end as an outcome, with nothing left behind. If the answer itself
    /// cannot be written, the auth file stays: the kubelet goes on without an answer, and CRI-O then takes the file.
    /// </summary>
    public async Task<Outcome> RunAsync()
    {
        AuthFileDelivery? delivery = null;
        try
        {
            // 1. Request: what does the kubelet want?
            var request = ReadRequest();
            if (request.Token is null)
            {
                return Answer(request, NothingToDo.WithoutToken(request));
            }

            // 2. Identity: whose pull is it?
            var identity = Identify(request.Token);
            delivery = DeliveryTo(identity, request.Image);

            // 3. to 6. Mirrors, secrets, matching, merging: what will CRI-O find?
            var (content, nothing) = await DecideAsync(request, request.Token, identity);
            if (nothing is not null)
            {
                delivery.RemoveLeftovers(wrote: false);
                return Answer(request, nothing);
            }

            // 6. Auth file: hand it to CRI-O.
            HeapRelease.Run();
            var path = delivery.Deliver(content, node.Elapsed());
            delivery.RemoveLeftovers(wrote: true);

            // 7. Response: nothing for the kubelet itself.
            return Answer(request, new Outcome.Written(path, content.EntryCount));
        }
        catch (ProviderException e)
        {
            return Fail(Outcome.Failed.Of(e), delivery);
        }
        catch (Exception e)
        {
            return Fail(Outcome.Failed.ByDefect(e), delivery);
        }
    }

    private CredentialRequest ReadRequest()
    {
        journal.Write(Sentences.Running());
        journal.Write(Sentences.ReadingFromStdin());
        var request = RequestParser.Parse(RequestReader.Read(node.Stdin).Span);
        journal.AddContext("IMAGE", request.Image.Text);
        journal.Write(Sentences.ParsedRequest(request.Image.Text));
        return request;
    }

    private PodIdentity Identify(Secret token)
    {
        journal.Write(Sentences.ParsingNamespace());
        var identity = TokenParser.Parse(token);
        journal.AddContext("NAMESPACE", identity.Namespace);
        journal.AddContext("SERVICE_ACCOUNT", identity.ServiceAccount);
        journal.AddContext("POD", identity.Pod);
        return identity;
    }

    private AuthFileDelivery DeliveryTo(PodIdentity identity, RepositoryName image) => new(
        settings.AuthDir,
        AuthFileName.For(identity.Namespace, image),
        settings.HandOverTimeout,
        node.Clock,
        journal,
        journal.Warn);

    /// <summary>
    /// Returns only what the auth file needs: the run may wait for most of a minute until it may write, and 250 waiting runs
    /// must not hold what listing and matching needed.
    /// </summary>
    private async Task<(AuthFileContent Content, Outcome.NothingToDo? Nothing)> DecideAsync(
        CredentialRequest request, Secret token, PodIdentity identity)
    {
        var decider = new PullDecider(node, settings, journal);
        var decision = await decider.DecideAsync(
            request.Image, matcher => decider.AddFromApiAsync(matcher, request.Annotations, token, identity));
        return (decision.Content, decision.Nothing);
    }

    private Outcome Answer(CredentialRequest request, Outcome outcome)
    {
        ResponseWriter.Write(node.Stdout, request.ApiVersion);
        journal.Write(Sentences.Ended(outcome, node.Elapsed()));
        return outcome;
    }

    private Outcome.Failed Fail(Outcome.Failed failure, AuthFileDelivery? delivery)
    {
        if (failure.Reason != Reasons.AuthDirectoryUnusable)
        {
            delivery?.RemoveLeftovers(wrote: false);
        }

        journal.Write(Sentences.Ended(failure, node.Elapsed()));
        return failure;
    }
}
