"""What a Redis or Valkey does at once, in Lua.

Each script begins with a look at the lock, the live build or the state that its caller saw: if that
is another by now, it does nothing.
"""

# Lua compares strings by the server's locale, so times are compared as numbers of 32 bits.
_GREATER = """
local function greater(a, b)
    local x, y = {struct.unpack('>I4I4I4I4', a)}, {struct.unpack('>I4I4I4I4', b)}
    for i = 1, 4 do
        if x[i] ~= y[i] then return x[i] > y[i] end
    end
    return false
end
local function set(key, value, expire)
    if expire == '0' then redis.call('SET', key, value)
    else redis.call('SET', key, value, 'PXAT', expire) end
end
"""

# KEYS guard, roll, pushed, rows, then states
# ARGV what the guard is to hold, length of a state's prefix, whether it is a push; then each state,
#      when it expires (0: never), and for a push when it was known
# gives {0} if the guard holds something else, or {1, then number and value of each tie}
_WRITE = (
    _GREATER
    + """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {0} end
local after, is_push = tonumber(ARGV[2]) + 1, ARGV[3] == '1'
local width = is_push and 3 or 2
local answer, made, count = {1}, {}, 0
for i = 5, #KEYS do
    local at = 4 + width * (i - 5)
    local key, new = KEYS[i], ARGV[at]
    local old = redis.call('GET', key)
    if not old then
        set(key, new, ARGV[at + 1])
        count = count + 1
        made[count] = string.sub(key, after)
    elseif new ~= old then
        local a, b = string.sub(new, 1, 16), string.sub(old, 1, 16)
        if a == b then
            answer[#answer + 1] = i - 5
            answer[#answer + 1] = old
        elseif greater(a, b) then
            set(key, new, ARGV[at + 1])
        end
    end
    if is_push then
        redis.call('ZADD', KEYS[3], 'GT', ARGV[at + 2], string.sub(key, after))
    end
end
if count > 0 then
    redis.call('RPUSH', KEYS[2], unpack(made))
    redis.call('INCRBY', KEYS[4], count)
end
return answer
"""
)

# KEYS state; ARGV old, new, when it expires. gives whether it was still the old one
_REPLACE = (
    _GREATER
    + """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
set(KEYS[1], ARGV[2], ARGV[3])
return 1
"""
)

# KEYS lock, live, meta, views, then of the old build: pushed; of the new one: roll, pushed, rows
# ARGV token, label, live build, the old and the new prefix, later than what pushed states are
#      carried over, then what meta says
# gives 0 if the lock was lost
_SWITCH = (
    _GREATER
    + """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[4] ~= '' then
    local pushed = redis.call('ZRANGEBYSCORE', KEYS[5], '(' .. ARGV[6], '+inf', 'WITHSCORES')
    for i = 1, #pushed, 2 do
        local entity = pushed[i]
        local state = redis.call('GET', ARGV[4] .. entity)
        if state then
            local key = ARGV[5] .. entity
            local old = redis.call('GET', key)
            if not old or greater(string.sub(state, 1, 16), string.sub(old, 1, 16)) then
                local left = redis.call('PTTL', ARGV[4] .. entity)
                if left > 0 then redis.call('SET', key, state, 'PX', left)
                else redis.call('SET', key, state) end
                if not old then
                    redis.call('RPUSH', KEYS[6], entity)
                    redis.call('INCR', KEYS[8])
                end
            end
            redis.call('ZADD', KEYS[7], pushed[i + 1], entity)
        end
    end
end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], unpack(ARGV, 7))
redis.call('SADD', KEYS[4], ARGV[2])
redis.call('SET', KEYS[2], ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[7], '-inf', ARGV[6])
return 1
"""
)

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""

#: by the names that `serving.stores.redis` calls them
SCRIPTS = {
    "write": _WRITE,
    "replace": _REPLACE,
    "switch": _SWITCH,
    "renew": _RENEW,
    "release": _RELEASE,
}
