// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Security.Cryptography;
using System.Text;
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Secrets;

/// <summary>
/// Reads the pull secrets of the pod's namespace with the pod's own token: those that the annotation names; else all of
/// them, page by page; else, if the service account may not list, those that its <c>imagePullSecrets</c> name.
/// </summary>
internal sealed class PullSecretClient
{
    private const int PageSize = 500;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private readonly PullSecretQuery query;
    private readonly PullSecretHandler onSecret;
    private readonly Action startOver;
    private readonly ApiObjectReader objects;
    private readonly Deadline deadline;
    private readonly string namespacePath;

    private PullSecretClient(PullSecretQuery query, ApiClient api, Action startOver, PullSecretHandler onSecret)
    {
        (this.query, this.startOver, this.onSecret, deadline) = (query, startOver, onSecret, api.Deadline);
        objects = new ApiObjectReader(api, query.Token, query.MaximumBytes);
        namespacePath = $"api/v1/namespaces/{query.Identity.Namespace}/";
    }

    /// <param name="query">What to read.</param>
    /// <param name="startOver">Called when the secrets passed so far must be discarded.</param>
    /// <param name="onSecret">Receives each secret.</param>
    /// <exception cref="ProviderException">The secrets could not be read.</exception>
    public static SecretListing Read(PullSecretQuery query, Action startOver, PullSecretHandler onSecret)
    {
        using var api = new ApiClient(query.Server);
        return new PullSecretClient(query, api, startOver, onSecret).Read();
    }

    /// <summary>Retries until the request succeeds, fails permanently, or runs out of time.</summary>
    private SecretListing Read()
    {
        var (lastProblem, hasExpired) = ("it did not answer", false);
        for (var attempt = 0; !deadline.IsOver; attempt++)
        {
            try
            {
                return query.Named is null ? List() : GetEach(query.Named, SecretSelection.Annotation);
            }
            catch (ApiTransientException e)
            {
                lastProblem = e.IsOutOfTime ? lastProblem : e.Message;
                Pause(attempt, e.RetryAfter);
            }
            catch (ApiRefusedException e) when (e.Status == HttpStatusCode.Gone && !hasExpired)
            {
                // The continue token expired: start the list over, once.
                hasExpired = true;
            }
            catch (ApiRefusedException e)
            {
                throw ApiFailure.Of(query.Server, query.Identity, e);
            }
            catch (ProtobufException e)
            {
                throw ApiFailure.Malformed(query.Server, e.Message);
            }
            catch (ByteBudgetException)
            {
                throw ApiFailure.TooLarge(query.Server, query.Identity, query.MaximumBytes);
            }

            StartOver();
        }

        throw ApiFailure.OutOfTime(query.Server, lastProblem);
    }

    /// <summary>Discards what was read so far; its size does not count either.</summary>
    private void StartOver()
    {
        startOver();
        objects.StartOver();
    }

    private SecretListing List()
    {
        List<Notice> notices = [];
        HashSet<UInt128>? seen = null;
        var (count, next) = (0, "");
        do
        {
            var page = new SecretDecoder(query.Identity.Namespace, onSecret, notices);
            try
            {
                objects.Read(
                    $"{namespacePath}secrets?fieldSelector=type%3Dkubernetes.io%2Fdockerconfigjson&limit={PageSize}"
                        + (next.Length == 0 ? "" : "&continue=" + Uri.EscapeDataString(next)),
                    "SecretList",
                    page.ReadList
                );
            }
            catch (ApiRefusedException e)
                when (e.Status == HttpStatusCode.Forbidden && query.Identity.ServiceAccount is not null)
            {
                // On a later page, the permission to list ended in between. What was listed before does not count.
                StartOver();
                return GetImagePullSecrets(query.Identity.ServiceAccount, e);
            }

            (count, next) = (count + page.Count, page.Continue);
            if (next.Length > 0 && !(seen ??= []).Add(HashOf(next)))
            {
                throw new ProtobufException("it repeats a continue token");
            }
        } while (next.Length > 0);

        return new SecretListing(query.Server, count, SecretSelection.All, null, notices);
    }

    /// <summary>The secrets that the service account itself names. It must be allowed to get itself.</summary>
    private SecretListing GetImagePullSecrets(string serviceAccount, ApiRefusedException refusedList)
    {
        var account = new ServiceAccountDecoder();
        try
        {
            objects.Read($"{namespacePath}serviceaccounts/{serviceAccount}", "ServiceAccount", account.Read);
        }
        catch (ApiRefusedException e) when (e.Status is HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
        {
            throw ApiFailure.ForbiddenToList(query.Identity, refusedList.Message);
        }

        var names = PullSecretNames.From(
            account.ImagePullSecrets,
            $"imagePullSecrets of service account \"{serviceAccount}\""
        );
        var listing = GetEach(names, SecretSelection.ImagePullSecrets);
        IReadOnlyList<Notice> none = names.Names.Count > 0 ? [] : [ApiFailure.NamesNoSecret(query.Identity)];
        return listing with { Notices = [.. names.Notices, .. listing.Notices, .. none] };
    }

    /// <summary>A missing secret is a notice. The run fails only if permissions are missing and no secret could be
    /// read.</summary>
    private SecretListing GetEach(PullSecretNames named, SecretSelection selection)
    {
        List<Notice> notices = [];
        ProviderException? forbidden = null;
        var secrets = new SecretDecoder(query.Identity.Namespace, onSecret, notices);
        foreach (var name in named.Names)
        {
            try
            {
                objects.Read($"{namespacePath}secrets/{name}", "Secret", secrets.ReadSecret);
            }
            catch (ApiRefusedException e) when (e.Status == HttpStatusCode.NotFound)
            {
                notices.Add(
                    new Notice(
                        Reasons.NamedSecretMissing,
                        $"Secret \"{name}\" does not exist in namespace \"{query.Identity.Namespace}\""
                    )
                );
            }
            catch (ApiRefusedException e) when (e.Status == HttpStatusCode.Forbidden)
            {
                forbidden = ApiFailure.ForbiddenToGet(query.Identity, name, named.Names, selection);
                notices.Add(new Notice(Reasons.NamedSecretMissing, forbidden.Problem));
            }
        }

        return secrets.Count == 0 && forbidden is not null
            ? throw forbidden
            : new SecretListing(query.Server, secrets.Count, selection, named.Names, notices);
    }

    /// <summary>Waits longer each time, with jitter, because many nodes send requests at once after an
    /// outage.</summary>
    private void Pause(int attempt, TimeSpan? retryAfter)
    {
        var longest = Math.Min(LongestPause.TotalMilliseconds, 100 * Math.Pow(2, attempt));
        var pause = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)(longest / 2), (int)longest + 1));
        pause = retryAfter > pause ? retryAfter.Value : pause;

        // Round up, because a sleep that ends before the deadline would allow one more request.
        var wait = pause < deadline.Remaining ? pause : deadline.Remaining;
        Thread.Sleep((int)Math.Ceiling(wait.TotalMilliseconds) + 1);
    }

    private static UInt128 HashOf(string token) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
